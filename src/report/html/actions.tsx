import { formatBytes, formatCount, formatSeconds } from '#base';
import type { Cost, Finding, Remedy, Report } from '#schema';
import { isCommand, shownCommand } from '../command.ts';
import { FIXER, formatCost } from '../costs.ts';
import { type RankedFinding, rankFindings, rankRemedies } from '../ranking.ts';
import { evidenceTable } from '../tables.ts';
import { listTraits, tellPrice } from '../traits.ts';
import { BasisNote, Code, DataTable, type Limits, Section, Sentence } from './parts.tsx';

const FORMAT: Record<Cost['unit'], (value: number) => string> = {
  seconds: formatSeconds,
  requests: formatCount,
  bytes: formatBytes,
};

const Amount = ({ cost }: { cost: Cost }) => (
  <>
    <strong>{formatCost(cost)}</strong> <BasisNote {...cost} format={FORMAT[cost.unit]} />
  </>
);

function RemedyCard({ remedy, limits }: { remedy: Remedy; limits: Limits }) {
  const cures = [...new Set(remedy.cures.map(({ audit }) => audit))].slice(0, 12);
  return (
    <li>
      <div class="top">
        <h3>
          <Sentence text={remedy.title} most={200} />
        </h3>
        <div class="saves">
          <span class="soft">saves </span>
          <Amount cost={remedy.saves} />
        </div>
      </div>
      <pre>
        <code>
          {remedy.steps
            .slice(0, limits.steps)
            .map((step) => shownCommand(step))
            .join('\n')}
        </code>
      </pre>
      <dl class="terms">
        <dt>Safe because</dt>
        <dd>
          <Sentence text={remedy.proved} />
        </dd>
        <dt>Undo</dt>
        <dd>{isCommand(remedy.undo) ? <code>{shownCommand(remedy.undo)}</code> : <Sentence text={remedy.undo} />}</dd>
        <dt>Check</dt>
        <dd>
          <Sentence text={remedy.check} />
        </dd>
        <dt>Done by</dt>
        <dd>{FIXER[remedy.fixer]}</dd>
        <dt>Cures</dt>
        <dd>
          {cures.map((audit, index) => (
            <>
              {index > 0 && ', '}
              <Code text={audit} most={80} />
            </>
          ))}
        </dd>
      </dl>
    </li>
  );
}

export function Remedies({ report, limits }: { report: Report; limits: Limits }) {
  const remedies = rankRemedies(report);
  const shown = remedies.slice(0, limits.findings);
  return (
    <Section id="remedies" title="What to do">
      <p class="soft">
        {remedies.length === 0
          ? 'No remedy is offered: none has a precondition that this run proves.'
          : 'Ranked by what each saves alone; savings overlap. Each is offered because this run proves its precondition.'}
      </p>
      {shown.length > 0 && (
        <ol class="remedies">
          {shown.map((remedy) => (
            <RemedyCard remedy={remedy} limits={limits} />
          ))}
        </ol>
      )}
      {remedies.length > shown.length && <p>{`and ${formatCount(remedies.length - shown.length)} more`}</p>}
    </Section>
  );
}

function Evidence({ finding, open, limits }: { finding: Finding; open: boolean; limits: Limits }) {
  if (finding.evidence.length === 0) return null;
  const tables = finding.evidence.slice(0, limits.evidence).map((each) => evidenceTable(each, limits.evidenceRows));
  return (
    <details open={open}>
      <summary>Evidence</summary>
      {tables.map((table) => (
        <DataTable table={table} most={limits.evidenceRows} />
      ))}
    </details>
  );
}

/** A command in it is shown whole. */
const LONGEST_FIX = 4000;

interface FindingProps {
  readonly ranked: RankedFinding;
  readonly ofStep: boolean;
  readonly open: boolean;
  readonly limits: Limits;
}

function FindingArticle({ ranked, ofStep, open, limits }: FindingProps) {
  const { audit, finding, allowed } = ranked;
  const price = tellPrice(finding, ofStep);
  const first = finding.cost ? <Amount cost={finding.cost} /> : price;
  return (
    <article class="finding">
      <p class="kicker">
        <span class={`word ${finding.severity}`}>{finding.severity}</span>
        {' · '}
        <Code text={audit} most={80} />
        {allowed !== undefined && (
          <>
            {' · allowed: '}
            <Sentence text={allowed} />
          </>
        )}
      </p>
      <h3>
        <Sentence text={finding.message} />
      </h3>
      <p class="facts">
        {first}
        {`${price === '' ? '' : ' · '}${listTraits(finding).join(' · ')}`}
      </p>
      <Evidence finding={finding} open={open} limits={limits} />
      {finding.fix && (
        <p class="fix">
          <b>Fix:</b> <Sentence text={finding.fix} most={LONGEST_FIX} />
        </p>
      )}
      {finding.check !== '' && (
        <p class="facts">
          Check: <Sentence text={finding.check} />
        </p>
      )}
    </article>
  );
}

/** Evidence of the first ones lies open; the rest is one click, or the printer, away. */
const OPEN = 2;

export function Findings({ report, limits }: { report: Report; limits: Limits }) {
  const findings = rankFindings(report);
  if (findings.length === 0) return null;
  const ofStep = report.step !== undefined;
  const shown = findings.slice(0, limits.findings);
  return (
    <Section id="findings" title="Findings">
      <p class="soft">
        {ofStep ? 'The gravest first.' : 'By what they cost, at the scale asked for unless they say otherwise.'}
      </p>
      {shown.map((ranked, index) => (
        <FindingArticle ranked={ranked} ofStep={ofStep} open={index < OPEN} limits={limits} />
      ))}
      {findings.length > shown.length && <p>{`and ${formatCount(findings.length - shown.length)} more`}</p>}
    </Section>
  );
}
