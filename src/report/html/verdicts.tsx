import { unreachable } from '#base';
import type { Report, Verdict } from '#schema';
import { type AskedAudit, type Category, coverageOf, severityOf, tellCoverage } from '../ranking.ts';
import { visible } from '../visible.ts';
import { Code, type Limits, Section, Sentence } from './parts.tsx';

const WORD: Record<Exclude<Verdict['kind'], 'fail'>, string> = {
  unknown: 'unknown',
  pass: 'passes',
  inapplicable: 'does not apply',
};

/** A failure is as grave as its gravest finding. */
function Word({ verdict }: { verdict: Verdict }) {
  if (verdict.kind !== 'fail') return <td class={`word ${verdict.kind}`}>{WORD[verdict.kind]}</td>;
  const severity = severityOf(verdict);
  return <td class={`word ${severity}`}>{severity === 'note' ? 'notes' : `fails: ${severity}`}</td>;
}

const ORDER: readonly Verdict['kind'][] = ['fail', 'unknown', 'pass', 'inapplicable'];
const MOST_CATEGORIES = 8;
const MOST_NOTES = 3;
const SHOWN_MARKS = 60;
const STEP = 16;

/** One sign an audit: a cross or a dash, a question mark, a disc, a small ring. */
function Mark({ verdict, x }: { verdict: Verdict; x: number }) {
  switch (verdict.kind) {
    case 'fail':
      if (severityOf(verdict) === 'note')
        return <path d={`M${x - 5} 8h10`} class="note" stroke="currentColor" stroke-width="2" fill="none" />;
      return <path d={`M${x - 4} 4l8 8m0-8l-8 8`} class="fail" stroke="currentColor" stroke-width="2" fill="none" />;
    case 'unknown':
      return (
        <text
          x={x}
          y="12.5"
          text-anchor="middle"
          class="unknown"
          style="fill:currentColor;font-weight:700;font-size:13px"
        >
          ?
        </text>
      );
    case 'pass':
      return <circle cx={x} cy="8" r="4.5" class="pass" fill="currentColor" />;
    case 'inapplicable':
      return <circle cx={x} cy="8" r="2.5" class="soft" stroke="currentColor" fill="none" />;
    default:
      return unreachable(verdict);
  }
}

function Marks({ id, verdicts }: { id: string; verdicts: readonly AskedAudit[] }) {
  const shown = ORDER.flatMap((kind) => verdicts.filter(({ verdict }) => verdict.kind === kind)).slice(0, SHOWN_MARKS);
  const width = shown.length * STEP;
  return (
    <svg class="marks" width={width} height="16" viewBox={`0 0 ${width} 16`} role="img" aria-labelledby={id}>
      <title id={id}>
        {`${tellCoverage(coverageOf(verdicts))}. A disc passed, a cross failed, a dash has notes only, a question mark is unknown, a ring does not apply.`}
      </title>
      {shown.map(({ verdict }, index) => (
        <Mark verdict={verdict} x={index * STEP + STEP / 2} />
      ))}
    </svg>
  );
}

function Answer({ asked: { question, verdict, allowed } }: { asked: AskedAudit }) {
  switch (verdict.kind) {
    case 'fail':
      return (
        <>
          <Sentence text={question} most={300} />
          {allowed !== undefined && (
            <div class="soft">
              allowed: <Sentence text={allowed} />
            </div>
          )}
        </>
      );
    case 'unknown':
    case 'inapplicable':
      return <Sentence text={verdict.because} />;
    case 'pass':
      return (
        <>
          <Sentence text={question} most={300} />
          {(verdict.notes ?? []).slice(0, MOST_NOTES).map((note) => (
            <div class="soft">
              <Sentence text={note} most={300} />
            </div>
          ))}
        </>
      );
    default:
      return unreachable(verdict);
  }
}

function VerdictTable({ caption, rows }: { caption: string; rows: readonly AskedAudit[] }) {
  if (rows.length === 0) return null;
  return (
    <div class="table">
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Verdict</th>
            <th scope="col">Audit</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((asked) => (
            <tr>
              <Word verdict={asked.verdict} />
              <td>
                <Code text={asked.audit} most={80} />
                <div class="asked">
                  <Answer asked={asked} />
                </div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function CategoryVerdicts({ category, place, limits }: { category: Category; place: number; limits: Limits }) {
  const verdicts = category.verdicts.slice(0, limits.audits);
  const of = (...kinds: Verdict['kind'][]) => verdicts.filter(({ verdict }) => kinds.includes(verdict.kind));
  const quiet = of('pass', 'inapplicable');
  const open = [...of('fail'), ...of('unknown')];
  return (
    <>
      <h3>
        <Sentence text={category.title} most={60} />
      </h3>
      <p>{tellCoverage(coverageOf(category.verdicts))}.</p>
      <Marks id={`marks-${place}`} verdicts={category.verdicts} />
      <VerdictTable caption={`${visible(category.title, 60)}: what was found, and what is unknown`} rows={open} />
      {quiet.length > 0 && (
        <details open={open.length === 0}>
          <summary>{`${of('pass').length} passed, ${of('inapplicable').length} not applicable`}</summary>
          <VerdictTable caption={`${visible(category.title, 60)}: passed and not applicable`} rows={quiet} />
        </details>
      )}
    </>
  );
}

export function Verdicts({ report, limits }: { report: Report; limits: Limits }) {
  return (
    <Section id="verdicts" title="Verdicts">
      {report.categories.slice(0, MOST_CATEGORIES).map((category, place) => (
        <CategoryVerdicts category={category} place={place} limits={limits} />
      ))}
    </Section>
  );
}
