import { formatCount } from '#base';
import type { Report } from '#schema';
import {
  causesTable,
  differencesTable,
  environmentTables,
  packagesTable,
  ranksTable,
  removedTable,
} from '../tables.ts';
import { DataTable, type Limits, Section, Sentence } from './parts.tsx';

interface Props {
  readonly report: Report;
  readonly limits: Limits;
}

export const Causes = ({ report, limits }: Props) =>
  report.causes.length === 0 ? null : (
    <Section id="causes" title="Calls by cause">
      <DataTable table={causesTable(report, limits.rows)} most={limits.rows} />
    </Section>
  );

export const Packages = ({ report, limits }: Props) =>
  report.packages.length === 0 ? null : (
    <Section id="packages" title="Packages">
      <DataTable table={packagesTable(report, limits.rows)} most={limits.rows} />
    </Section>
  );

export function Ranks({ report, limits }: Props) {
  const { rows, differences } = report.ranks;
  if (rows.length < 2 && differences.length === 0) return null;
  return (
    <Section id="ranks" title="Differences between ranks">
      {differences.length === 0 && <p>{`All ${formatCount(rows.length)} observed ranks import the same modules.`}</p>}
      <DataTable table={differencesTable(report, limits.rows)} most={limits.rows} />
      <DataTable table={ranksTable(report, limits.rows)} most={limits.rows} />
    </Section>
  );
}

export function Unknowns({ report, limits }: Props) {
  const { unknowns } = report;
  if (unknowns.length === 0) return null;
  const shown = unknowns.slice(0, limits.rows);
  return (
    <Section id="unknowns" title="What is not known, and why">
      <ul class="list">
        {shown.map(({ what, because, hint }) => (
          <li>
            <strong>
              <Sentence text={what} most={120} />
            </strong>
            : <Sentence text={because} />
            {hint && (
              <div class="soft">
                <Sentence text={hint} />
              </div>
            )}
          </li>
        ))}
      </ul>
      {unknowns.length > shown.length && <p>{`and ${formatCount(unknowns.length - shown.length)} more`}</p>}
    </Section>
  );
}

export const Removed = ({ report, limits }: Props) => (
  <Section id="removed" title="What was left out">
    {Object.keys(report.removed).length === 0 ? (
      <p>Nothing had to be left out of the recording.</p>
    ) : (
      <DataTable table={removedTable(report, limits.rows)} most={limits.rows} />
    )}
  </Section>
);

export const Environment = ({ report, limits }: Props) => (
  <Section id="environment" title="Environment">
    {environmentTables(report, limits.rows).map((table) => (
      <details open={table.rows.length <= 12}>
        <summary>{table.title}</summary>
        <DataTable table={table} most={limits.rows} named />
      </details>
    ))}
  </Section>
);
