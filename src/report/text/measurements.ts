import type { Report } from '#schema';
import { wrap } from '../columns.ts';
import { curedBy } from '../ranking.ts';
import {
  causesTable,
  curveTable,
  differencesTable,
  environmentTables,
  importsTable,
  packagesTable,
  ranksTable,
  removedTable,
} from '../tables.ts';
import { visible } from '../visible.ts';
import { drawTable, heading, type Page, tellMore } from './page.ts';

const CURVE_ROWS = 20;
const MOST_CURES = 12;

export function curveSection(report: Report, page: Page): string[] {
  const { curve } = report;
  if (!curve || curve.points.length === 0) return [];
  const cures = curedBy(report).slice(0, MOST_CURES).join('; ');
  return [
    ...heading(page, 'As the job grows'),
    ...drawTable({ ...page, most: CURVE_ROWS }, curveTable(report, CURVE_ROWS)),
    ...(cures === '' ? [] : wrap(`The remedies are: ${cures}.`, page.width, '  ')),
  ];
}

function section(page: Page, title: string, tables: string[][]): string[] {
  const drawn = tables.filter((lines) => lines.length > 0);
  if (drawn.length === 0) return [];
  return [...heading(page, title), ...drawn.flatMap((lines, index) => (index > 0 ? ['', ...lines] : lines))];
}

export const importsSection = (report: Report, page: Page): string[] =>
  section(page, 'Imports', [
    drawTable(page, importsTable(report, 'time', page.most)),
    drawTable(page, importsTable(report, 'calls', page.most)),
  ]);

export const callsSection = (report: Report, page: Page): string[] =>
  section(page, 'Calls and packages', [
    drawTable({ ...page, most: CURVE_ROWS }, causesTable(report, CURVE_ROWS)),
    drawTable(page, packagesTable(report, page.most)),
  ]);

export const ranksSection = (report: Report, page: Page): string[] =>
  section(page, 'Differences between ranks', [
    drawTable(page, differencesTable(report, page.most)),
    report.ranks.rows.length > 1 ? drawTable(page, ranksTable(report, page.most)) : [],
  ]);

export function unknownsSection({ unknowns }: Pick<Report, 'unknowns'>, page: Page): string[] {
  const shown = unknowns
    .slice(0, page.most)
    .flatMap(({ what, because, hint }) => [
      ...wrap(`${visible(what, 120)}: ${visible(because)}`, page.width, '  ', '    '),
      ...(hint ? wrap(visible(hint), page.width, '    ') : []),
    ]);
  const more = unknowns.length - page.most;
  return section(page, 'Not known, and why', [
    [...shown, ...(more > 0 ? wrap(tellMore(page, more), page.width, '  ') : [])],
  ]);
}

export const removedSection = (report: Report, page: Page): string[] =>
  section(page, 'Left out', [drawTable(page, removedTable(report, page.most))]);

export const environmentSection = (report: Report, page: Page): string[] =>
  section(
    page,
    'Environment',
    environmentTables(report, page.most).map((table) => drawTable(page, table)),
  );
