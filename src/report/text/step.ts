import { formatCount, formatSeconds } from '#base';
import type { Report, StepSection } from '#schema';
import { cutEnd, wrap } from '../columns.ts';
import { layOutPicture, type Picture, tellLayout, tellNodes } from '../picture.ts';
import { drawPicture, tellLegend } from '../picture-text.ts';
import { coverageOf, tellCoverage } from '../ranking.ts';
import { isQuiet, listAbout, listSurroundings, listUnknown, titleOf } from '../step-words.ts';
import { differenceTables, factTables, masksTable } from '../tables.ts';
import { visible } from '../visible.ts';
import { findingsSection } from './findings.ts';
import { unknownsSection } from './measurements.ts';
import { drawPairs, drawTable, heading, type Page, tellMore } from './page.ts';

/** Where a table goes on matters less than that the page keeps its length. */
const MOST_FACTS = 12;

const sayHeadline = ({ headline }: Report) =>
  headline.sentences
    .slice(0, 6)
    .map((sentence) => visible(sentence, 600))
    .join(' ');

function aboutSection(report: Report, step: StepSection, { width, ink }: Page): string[] {
  return [
    ...wrap(titleOf(report), width).map(ink.strong),
    ...wrap(listAbout(report, step).join(', '), width).map(ink.dim),
    ...(report.job.truncated
      ? wrap('A recording ends early: what follows holds for the part that was seen.', width)
      : []),
    '',
    ...wrap(sayHeadline(report), width),
  ];
}

function differencesSection(step: StepSection, page: Page): string[] {
  const tables = differenceTables(step, page.most);
  if (tables.length === 0) return [];
  const more = step.differences.length - tables.length;
  return [
    ...heading(page, 'Do nodes and ranks differ?'),
    ...tables.flatMap(({ title, rows, total }) => [
      ...wrap(title, page.width, '  '),
      ...drawPairs(
        page,
        rows.map(([on = '', value = '', which = '']) => [on, which === '' ? value : `${value} (${which})`]),
        '    ',
      ),
      ...(total > rows.length ? wrap(tellMore(page, total - rows.length), page.width, '    ') : []),
    ]),
    ...(more > 0 ? wrap(tellMore(page, more), page.width, '  ') : []),
  ];
}

/** Signs that mean something are painted; they say it without paint too. */
const paint = (line: string, { ink }: Page) =>
  line.replace(/\*+/g, (signs) => ink.warning(signs)).replace(/\.{3,}/g, (signs) => ink.dim(signs));

function drawOne(picture: Picture, page: Page): string[] {
  const layout = layOutPicture(picture);
  const about = `${tellNodes(picture, (name) => visible(name, 80))}: ${tellLayout(layout)}`;
  return [
    ...wrap(about, page.width, '  '),
    ...drawPicture(picture, page.width - 4).map((line) => paint(`    ${line}`, page)),
    ...wrap(tellLegend(layout), page.width, '    ').map(page.ink.dim),
    ...drawTable(page, masksTable(picture, page.most)),
  ];
}

function picturesSection({ pictures, morePictures }: StepSection, page: Page): string[] {
  if (pictures.length === 0) return [];
  const shown = pictures.slice(0, 4);
  const more = pictures.length - shown.length + morePictures;
  return [
    ...heading(page, 'Where the ranks run'),
    ...shown.flatMap((picture, index) => [...(index > 0 ? [''] : []), ...drawOne(picture, page)]),
    ...(more > 0 ? ['', ...wrap(`Nodes with ${formatCount(more)} more layouts are not drawn.`, page.width, '  ')] : []),
  ];
}

function factsSection(step: StepSection, page: Page): string[] {
  const tables = factTables(step, MOST_FACTS);
  if (tables.length === 0) return [];
  return [
    ...heading(page, 'Facts for the ticket'),
    ...tables.flatMap((table) => drawTable({ ...page, most: MOST_FACTS }, table)),
  ];
}

/** How much could be looked at, and what the recordings do not hold. */
function askedSection({ categories, removed }: Report, page: Page): string[] {
  const kinds = Object.entries(removed);
  const left = kinds.slice(0, MOST_FACTS).map(([kind, count]) => `${visible(kind, 80)} ${formatCount(count)}`);
  const more = kinds.length > left.length ? ', and others' : '';
  return [
    ...heading(page, 'What was asked, and what was left out'),
    ...categories
      .slice(0, MOST_FACTS)
      .flatMap(({ title, verdicts }) =>
        wrap(`${visible(title, 60)}: ${tellCoverage(coverageOf(verdicts))}`, page.width, '  ', '    '),
      ),
    ...(left.length > 0 ? wrap(`never stored: ${left.join(', ')}${more}`, page.width, '  ', '    ') : []),
  ];
}

const QUIET_LINES = 5;

/** All is well: who, what was seen, and what was not. */
function quietLines(report: Report, step: StepSection, { width, ink }: Page): string[] {
  const median = step.imports ? [`imports took ${formatSeconds(step.imports.median)}`] : [];
  const about = [...listSurroundings(report, step), ...median].join(', ');
  const head = [
    ink.strong(cutEnd([titleOf(report), about].filter((part) => part !== '').join(': '), width)),
    ...wrap(sayHeadline(report), width),
  ];
  const unknown = listUnknown(report).map(({ what }) => visible(what, 40));
  const asked = coverageOf(report.categories.flatMap(({ verdicts }) => verdicts));
  const rest = unknown.length === 0 ? '' : `; not known: ${unknown.join(', ')}`;
  const foot = wrap(
    `pharos ${visible(report.tool.version, 40)}: ${asked.passed} of ${asked.looked} audits passed${rest}`,
    width,
  );
  const room = Math.max(1, QUIET_LINES - head.length);
  return [...head, ...foot.slice(0, room - 1), cutEnd(foot.slice(room - 1).join(' '), width)];
}

/** The page of a job step: five lines where nothing is wrong. */
export function stepLines(report: Report, step: StepSection, page: Page): string[] {
  if (isQuiet(report, step)) return quietLines(report, step, page);
  return [
    ...aboutSection(report, step, page),
    ...differencesSection(step, page),
    ...findingsSection(report, page),
    ...picturesSection(step, page),
    ...factsSection(step, page),
    ...unknownsSection({ ...report, unknowns: listUnknown(report) }, page),
    ...askedSection(report, page),
    '',
    ...wrap(`pharos ${visible(report.tool.version, 40)}, step started ${visible(report.job.started, 40)}`, page.width),
  ];
}
