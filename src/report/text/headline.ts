import { formatCount, formatCountOf, formatSeconds } from '#base';
import type { Report } from '#schema';
import { cutEnd, padStart, widthOf, wrap } from '../columns.ts';
import { formatBasis } from '../costs.ts';
import { nameOf } from '../ranking.ts';
import { phasesTable } from '../tables.ts';
import { visible } from '../visible.ts';
import { drawTable, type Page } from './page.ts';

function figures({ headline, target }: Report): [name: string, value: string, basis: string][] {
  const rows: [string, string, string][] = [];
  const { measuredSeconds, atScale, requestsPerNode } = headline;
  if (measuredSeconds !== undefined) rows.push(['Start here', formatSeconds(measuredSeconds), 'measured']);
  if (atScale) {
    const basis = formatBasis('modelled', atScale.low, atScale.high, formatSeconds);
    rows.push([
      target ? `On ${formatCountOf(target.nodes, 'node')}` : 'At scale',
      formatSeconds(atScale.likely),
      basis,
    ]);
  }
  if (requestsPerNode !== undefined) rows.push(['Requests per node', formatCount(requestsPerNode), 'modelled']);
  return rows;
}

function drawFigures(report: Report, { width, ink }: Page): string[] {
  const rows = figures(report);
  const names = Math.max(0, ...rows.map(([name]) => name.length));
  const values = Math.max(0, ...rows.map(([, value]) => widthOf(value)));
  return rows.map(([name, value, basis]) =>
    ink.strong(cutEnd(`  ${name.padEnd(names)}  ${padStart(value, values)}  ${basis}`, width)),
  );
}

/** What the start costs, here and at scale. */
export function headlineSection(report: Report, page: Page): string[] {
  const { job } = report;
  const seen = `${formatCount(job.observedRanks)} ${job.observedRanks === 1 ? 'rank' : 'ranks'} observed`;
  const about = [visible(job.form, 40), visible(job.python, 60), seen, visible(job.outcome, 120)].filter(Boolean);
  return [
    ...wrap(`How ${nameOf(report)} starts`, page.width).map(page.ink.strong),
    ...wrap(about.join(', '), page.width).map(page.ink.dim),
    ...(job.truncated
      ? wrap('The recording ends early: what follows holds for the part that was seen.', page.width)
      : []),
    '',
    ...wrap(report.headline.sentences.map((sentence) => visible(sentence, 600)).join(' '), page.width),
    '',
    ...drawFigures(report, page),
    ...(report.phases.length > 0 ? ['', ...drawTable(page, phasesTable(report, page.most))] : []),
  ];
}
