import { formatCount } from '#base';
import type { Report } from '#schema';
import { type Picture, tellNodes } from '../picture.ts';
import { differenceTables, factTables, masksTable } from '../tables.ts';
import { visible } from '../visible.ts';
import { DataTable, type Limits, Section } from './parts.tsx';
import { PlacementChart } from './placement-chart.tsx';

interface Props {
  readonly report: Report;
  readonly limits: Limits;
}

const More = ({ count, what }: { count: number; what: string }) =>
  count > 0 ? <p>{`and ${formatCount(count)} more ${what}`}</p> : null;

/** A page has room for so many things of a kind. */
const MOST = 24;

export function Differences({ report: { step }, limits }: Props) {
  if (!step) return null;
  const tables = differenceTables(step, Math.min(MOST, limits.rows));
  return (
    <Section id="differences" title="Do nodes and ranks differ?">
      {tables.length === 0 && <p>In what was compared, all nodes and ranks are alike.</p>}
      {tables.map((table) => (
        <DataTable table={table} most={limits.evidenceRows} />
      ))}
      <More count={step.differences.length - tables.length} what="differences" />
    </Section>
  );
}

function PictureFigure({ picture, place, limits }: { picture: Picture; place: number; limits: Limits }) {
  return (
    <>
      <h3>
        <bdi>{tellNodes(picture, (name) => visible(name, 80))}</bdi>
      </h3>
      <PlacementChart picture={picture} place={place} most={limits.cores} />
      <DataTable table={masksTable(picture, limits.evidenceRows)} most={limits.evidenceRows} />
    </>
  );
}

export function Pictures({ report: { step }, limits }: Props) {
  if (!step || step.pictures.length === 0) return null;
  const shown = step.pictures.slice(0, 4);
  return (
    <Section id="placement" title="Where the ranks run">
      <p class="soft">
        Each box is a core and holds the number of the one local rank that may run there. Nodes that look alike share a
        drawing.
      </p>
      {shown.map((picture, place) => (
        <PictureFigure picture={picture} place={place} limits={limits} />
      ))}
      <More count={step.pictures.length - shown.length + step.morePictures} what="layouts, not drawn" />
    </Section>
  );
}

export function Facts({ report, limits }: Props) {
  const { step } = report;
  if (!step || step.facts.length === 0) return null;
  return (
    <Section id="facts" title="Facts for the ticket">
      <div class="columns">
        {factTables(step, Math.min(MOST, limits.rows)).map((table) => (
          <DataTable table={table} most={limits.evidenceRows} />
        ))}
      </div>
    </Section>
  );
}
