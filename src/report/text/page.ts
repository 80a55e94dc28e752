import { formatCount } from '#base';
import { cutEnd, padEnd, tabulate, widthOf, wrap } from '../columns.ts';
import type { Table } from '../tables.ts';

/** Paints our own words; recorded text is never painted, and no meaning hangs on it. */
export interface Ink {
  strong(text: string): string;
  dim(text: string): string;
  bad(text: string): string;
  warning(text: string): string;
  good(text: string): string;
}

export interface Page {
  readonly width: number;
  readonly ink: Ink;
  /** Rows of a table before the rest is only counted. */
  readonly most: number;
  /** Where the rows that are only counted can be read. */
  readonly rest: 'in the HTML report' | 'not shown';
}

const sgr = (code: number) => (text: string) => (text === '' ? '' : `\x1b[${code}m${text}\x1b[0m`);
const plain = (text: string) => text;

export const colouredInk: Ink = { strong: sgr(1), dim: sgr(2), bad: sgr(31), warning: sgr(33), good: sgr(32) };
export const plainInk: Ink = { strong: plain, dim: plain, bad: plain, warning: plain, good: plain };

export const heading = ({ width, ink }: Page, title: string): string[] => [
  '',
  ink.strong(cutEnd(title.toUpperCase(), width)),
  ink.dim('-'.repeat(width)),
];

const BAR = 12;

/** `######......`: at least one mark for anything above nothing. */
const bar = (share: number) => '#'.repeat(share > 0 ? Math.max(1, Math.round(share * BAR)) : 0);

/** Below this a path says nothing any more. */
const READABLE = 18;

const naturalWidth = (cells: readonly string[]) => cells.reduce((most, cell) => Math.max(most, widthOf(cell)), 0);

/** Which columns fit when each that can be cut keeps a readable width. */
function fittingColumns({ columns, rows, shares }: Table, room: number): { kept: number[]; bars: boolean } {
  const needs = columns.map(({ title, kind }, index) => {
    const natural = naturalWidth([title, ...rows.map((row) => row[index] ?? '')]);
    return kind === 'number' ? natural : Math.min(natural, kind === 'prose' ? 2 * READABLE : READABLE);
  });
  const all = columns.map((_, index) => index);
  const needed = all.filter((index) => !columns[index]?.optional);
  const width = (kept: number[]) => kept.reduce((sum, index) => sum + (needs[index] ?? 0) + 2, 0);
  if (shares && width(all) + BAR <= room) return { kept: all, bars: true };
  if (width(all) <= room + 2) return { kept: all, bars: false };
  return { kept: needed, bars: shares !== undefined && width(needed) + BAR <= room };
}

function drawRows(page: Page, table: Table, indent: string): string[] {
  const { columns, shares } = table;
  const { kept, bars } = fittingColumns(table, page.width - indent.length);
  const heads = kept.flatMap((index) => columns[index] ?? []);
  const [head = '', ...lines] = tabulate(
    [
      ...heads.map(({ title, kind }) =>
        kind === 'number' ? { title, align: 'right' as const } : { title, flexible: true },
      ),
      ...(bars ? [{ title: '' }] : []),
    ],
    table.rows.map((row, index) => [
      ...kept.map((each) => row[each] ?? ''),
      ...(bars ? [bar(shares?.[index] ?? 0)] : []),
    ]),
    page.width,
    indent,
  );
  return [page.ink.dim(head), ...lines];
}

const asPair = ([name = '', value = '']: readonly string[]): readonly [string, string] => [name, value];

export const tellMore = ({ rest }: Page, more: number): string => `and ${formatCount(more)} more ${rest}`;

/** The table's name, its rows, and how many more there are. */
export function drawTable(page: Page, table: Table, indent = '  '): string[] {
  if (table.total === 0) return [];
  const cut = { ...table, rows: table.rows.slice(0, page.most) };
  const more = table.total - cut.rows.length;
  return [
    ...wrap(table.title, page.width, indent),
    ...(table.pairs ? drawPairs(page, cut.rows.map(asPair), `${indent}  `) : drawRows(page, cut, `${indent}  `)),
    ...(more > 0 ? wrap(tellMore(page, more), page.width, `${indent}  `) : []),
  ];
}

/** `name   value` lines; values are wrapped under themselves. A long name, and a path that only a line of its own holds whole, get one. */
export function drawPairs({ width }: Page, pairs: readonly (readonly [string, string])[], indent = '  '): string[] {
  const most = Math.floor(width * 0.45);
  const longest = pairs.reduce((sofar, [name]) => (widthOf(name) > most ? sofar : Math.max(sofar, widthOf(name))), 0);
  const hang = ' '.repeat(indent.length + longest + 2);
  return pairs.flatMap(([name, value]) => {
    const shown = value === '' ? '-' : value;
    if (widthOf(name) > longest) return [...wrap(name, width, indent), ...wrap(shown, width, `${indent}  `)];
    const head = `${indent}${padEnd(name, longest)}  `;
    const alone = `${indent}  ${shown}`;
    const isBroken = value.startsWith('/') && !value.includes(' ') && widthOf(hang + value) > width;
    return isBroken && widthOf(alone) <= width ? [head.trimEnd(), alone] : wrap(shown, width, head, hang);
  });
}
