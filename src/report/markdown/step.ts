import { formatCount } from '#base';
import type { Report, StepSection } from '#schema';
import { layOutPicture, type Picture, tellLayout, tellNodes } from '../picture.ts';
import { drawPicture, tellLegend } from '../picture-text.ts';
import { coverageOf, rankFindings, tellCoverage } from '../ranking.ts';
import { isQuiet, listAbout, listUnknown, titleOf } from '../step-words.ts';
import { differenceTables, factTables, masksTable, type Table } from '../tables.ts';
import { visible } from '../visible.ts';
import { drawFinding } from './findings.ts';
import { codeBlock, codeSpan, drawTable, part, prose } from './marks.ts';

const MOST = 12;
const COLUMNS = 100;

const sayHeadline = ({ headline }: Report) =>
  headline.sentences
    .slice(0, 6)
    .map((sentence) => prose(sentence, 600))
    .join(' ');

const sayMore = (all: number, shown: number, what: string) =>
  all > shown ? [`and ${formatCount(all - shown)} more ${what}`] : [];

function drawOne(picture: Picture): string[] {
  const layout = layOutPicture(picture);
  const nodes = tellNodes(picture, (name) => codeSpan(visible(name, 80)));
  return [
    `${nodes}: ${tellLayout(layout)}`,
    codeBlock([...drawPicture(picture, COLUMNS), '', tellLegend(layout)], 'text'),
    drawTable(masksTable(picture, MOST)),
  ];
}

/** Lists read better than tables where most have two rows. */
const drawFacts = ({ title: name, rows, total }: Table) =>
  [
    `**${prose(name)}**`,
    '',
    ...rows.map(([what = '', value = '']) => `- ${prose(what)}: ${prose(value)}`),
    ...sayMore(total, rows.length, 'facts').map((line) => `- ${line}`),
  ].join('\n');

function pictures({ pictures: all, morePictures }: StepSection): string[] {
  const shown = all.slice(0, 4);
  return [...shown.flatMap(drawOne), ...sayMore(all.length + morePictures, shown.length, 'layouts, not drawn')];
}

function unknown(report: Report): string[] {
  const all = listUnknown(report);
  const shown = all
    .slice(0, MOST)
    .map(({ what, because, hint }) => `- ${prose(what, 120)}: ${prose(because)}${hint ? ` (${prose(hint)})` : ''}`);
  const left = Object.values(report.removed).reduce((total, count) => total + count, 0);
  return [
    [
      ...(report.job.truncated ? ['- A recording ends early: this holds for the part that was seen.'] : []),
      ...shown,
      ...sayMore(all.length, shown.length, 'unknowns').map((line) => `- ${line}`),
      ...(left > 0 ? [`- Left out of the recordings, never stored: ${formatCount(left)} values`] : []),
    ].join('\n'),
  ];
}

const asked = ({ categories }: Report) =>
  categories
    .slice(0, MOST)
    .map(({ title, verdicts }) => `- ${prose(title, 60)}: ${tellCoverage(coverageOf(verdicts))}`)
    .join('\n');

function foot({ tool, job }: Report): string {
  return `pharos ${codeSpan(visible(tool.version, 40))}, step started ${codeSpan(visible(job.started, 40))}`;
}

const title = (report: Report) => `## ${prose(titleOf(report), 240)}`;

/** A step as a block for a ticket; a few lines where nothing is wrong. */
export function stepBlocks(report: Report, step: StepSection): string[] {
  const about = listAbout(report, step)
    .map((each) => prose(each, 120))
    .join(', ');
  const head = [title(report), about, sayHeadline(report)];
  if (isQuiet(report, step)) return [...head, ...unknown(report), foot(report)];
  const findings = rankFindings(report);
  const differences = differenceTables(step, MOST);
  const facts = factTables(step, MOST);
  return [
    ...head,
    ...part('Do nodes and ranks differ?', [
      ...differences.map(drawTable),
      ...sayMore(step.differences.length, differences.length, 'differences'),
    ]),
    ...part('Findings', [
      ...findings.slice(0, MOST).map((finding) => drawFinding(finding, true)),
      ...sayMore(findings.length, MOST, 'findings'),
    ]),
    ...part('Where the ranks run', pictures(step)),
    ...part('Facts for the ticket', facts.map(drawFacts)),
    ...part('Not known, and left out', unknown(report)),
    ...part('What was asked', [asked(report)]),
    foot(report),
  ];
}
