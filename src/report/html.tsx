import { renderToStaticMarkup } from 'preact-render-to-string';
import type { Report, ScaleTable } from '#schema';
import { Findings, Remedies } from './html/actions.tsx';
import { Curve } from './html/curve-chart.tsx';
import { Causes, Environment, Packages, Ranks, Removed, Unknowns } from './html/details.tsx';
import { Imports } from './html/icicle-chart.tsx';
import type { Limits } from './html/parts.tsx';
import { ScalePage } from './html/scale.tsx';
import { SCALE_STYLE, ScaleChart } from './html/scale-chart.tsx';
import { Differences, Facts, Pictures } from './html/step.tsx';
import { STYLE } from './html/style.ts';
import { Headline, Phases } from './html/summary.tsx';
import { Verdicts } from './html/verdicts.tsx';
import { scriptOf } from './scale-words.ts';
import { titleOf } from './step-words.ts';
import { visible } from './visible.ts';
import { writePage } from './write-page.ts';

/** No page is larger than 5 MB; headline, style and foot take less than the rest. */
const MOST_BODY_BYTES = 4_700_000;

/** Tried in turn until the page is small enough; the last is small for any report. */
const LIMITS: readonly Limits[] = [
  { rows: 300, evidenceRows: 25, evidence: 5, findings: 60, steps: 20, boxes: 150, audits: 200, cores: 512 },
  { rows: 100, evidenceRows: 8, evidence: 4, findings: 20, steps: 8, boxes: 100, audits: 60, cores: 256 },
  { rows: 30, evidenceRows: 3, evidence: 3, findings: 8, steps: 3, boxes: 60, audits: 15, cores: 64 },
];

const SECTIONS: readonly (readonly [id: string, title: string])[] = [
  ['differences', 'Differences'],
  ['verdicts', 'Verdicts'],
  ['remedies', 'What to do'],
  ['findings', 'Findings'],
  ['placement', 'Where the ranks run'],
  ['facts', 'Facts'],
  ['curve', 'As the job grows'],
  ['imports', 'Imports'],
  ['causes', 'Calls'],
  ['packages', 'Packages'],
  ['ranks', 'Ranks'],
  ['unknowns', 'Not known'],
  ['removed', 'Left out'],
  ['environment', 'Environment'],
];

/** Those that the body has, in its order. */
function listSections(body: string): typeof SECTIONS {
  const placeOf = (id: string) => body.indexOf(`<h2 id="${id}"`);
  return SECTIONS.filter(([id]) => placeOf(id) >= 0).sort(([a], [b]) => placeOf(a) - placeOf(b));
}

const Contents = ({ body }: { body: string }) => (
  <nav aria-label="Sections">
    <ul>
      {listSections(body).map(([id, title]) => (
        <li>
          <a href={`#${id}`}>{title}</a>
        </li>
      ))}
    </ul>
  </nav>
);

const START = [Verdicts, Remedies, Findings, Curve, Imports, Causes, Packages, Ranks, Unknowns, Removed, Environment];

/** Verdicts come after the facts here: what differs and what is wrong is what a ticket is about. */
const STEP = [Differences, Findings, Pictures, Facts, Verdicts, Unknowns, Removed];

/** The sections; undefined as soon as they are too large together. */
function renderBody(report: Report, limits: Limits): string | undefined {
  let body = '';
  for (const Part of report.step ? STEP : START) {
    body += renderToStaticMarkup(<Part report={report} limits={limits} />);
    if (sizeOf(body) > MOST_BODY_BYTES) return undefined;
  }
  return body;
}

const Foot = ({ report, folded }: { report: Report; folded: boolean }) => (
  <footer>
    <p>
      <b>Measured</b>: counted or timed in this run. <b>Modelled</b>: computed, with the interval it lies in.{' '}
      <b>Inferred</b>: reasoned from other facts.
    </p>
    {folded && <p>This page was shortened to stay under 5 MB: long tables and lists are cut, and say so.</p>}
    <p>
      {`Pharos ${visible(report.tool.version, 40)}, report format ${report.version}. This page is one file, needs no script and loads nothing.`}
    </p>
  </footer>
);

function renderPage(report: Report, limits: Limits, body: string, folded: boolean): string {
  const head = renderToStaticMarkup(<Headline report={report} />);
  const phases = renderToStaticMarkup(<Phases report={report} limits={limits} />);
  const contents = renderToStaticMarkup(<Contents body={body} />);
  const foot = renderToStaticMarkup(<Foot report={report} folded={folded} />);
  const title = renderToStaticMarkup(<title>{`${titleOf(report)} - Pharos`}</title>);
  return writePage({
    title,
    style: STYLE,
    body: `${head}\n<main>\n${contents}\n${phases}\n${body}\n</main>\n${foot}`,
  });
}

/** Bytes of the text as UTF-8. */
function sizeOf(text: string): number {
  let bytes = text.length;
  for (const match of text.matchAll(/[\u0080-\uffff]/g)) bytes += match[0] < '\u0800' ? 1 : 2;
  return bytes;
}

/** The report as one file that reads without scripts, style sheets or a network. */
export function renderHtml(report: Report): string {
  for (const limits of LIMITS) {
    const body = renderBody(report, limits);
    if (body !== undefined) return renderPage(report, limits, body, limits !== LIMITS[0]);
  }
  // The last limits bound every list and word; a page beyond them is our mistake.
  throw new Error('the smallest page is too large');
}

/** What a start costs as the job grows: the curve and its tables on one page. */
export function renderScaleHtml(table: ScaleTable): string {
  const title = renderToStaticMarkup(<title>{`${scriptOf(table)} as the job grows - Pharos`}</title>);
  const body = renderToStaticMarkup(<ScalePage table={table} />);
  return writePage({ title, style: STYLE + SCALE_STYLE, body });
}

/** The curve as a file of its own: no script, no font of its own, to be seen by day and by night. */
export function renderScaleSvg(table: ScaleTable): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<!-- pharos -->\n${renderToStaticMarkup(<ScaleChart table={table} alone />)}\n`;
}
