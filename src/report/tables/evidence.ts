import { formatBytes, formatCount, formatSeconds, unreachable } from '#base';
import type { Evidence } from '#schema';
import { visible } from '../visible.ts';
import { chain, code, number, optional, prose, type Table } from './table.ts';

type Shown<Kind extends Evidence['kind']> = Extract<Evidence, { kind: Kind }>;

/** A column that no row fills is left out. */
function withoutEmpty({ columns, rows, ...rest }: Table): Table {
  const filled = columns.map((_, index) => rows.some((row) => row[index] !== ''));
  const keep = <Item>(items: readonly Item[]) => items.filter((_, index) => filled[index] || rows.length === 0);
  return { ...rest, columns: keep(columns), rows: rows.map(keep) };
}

function pathsTable({ title, rows, total }: Shown<'paths'>, most: number): Table {
  return {
    title: visible(title),
    columns: [code('Path'), number('Calls'), prose('Note')],
    rows: rows
      .slice(0, most)
      .map(({ path, count, note }) => [
        visible(path),
        count === undefined ? '' : formatCount(count),
        visible(note ?? ''),
      ]),
    total,
  };
}

function modulesTable({ title, rows, total }: Shown<'modules'>, most: number): Table {
  const modelled = rows.some(({ requests }) => requests !== undefined);
  return {
    title: `${visible(title)} (times measured${modelled ? ', requests modelled' : ''})`,
    columns: [code('Module'), number('Self'), number('Total'), optional(number('Requests')), chain('Pulled in by')],
    rows: rows
      .slice(0, most)
      .map(({ module, selfSeconds, totalSeconds, requests, pulledInBy }) => [
        visible(module, 120),
        formatSeconds(selfSeconds),
        formatSeconds(totalSeconds),
        requests === undefined ? '' : formatCount(requests),
        visible(pulledInBy.slice(0, 40).join(' > ')),
      ]),
    total,
  };
}

function searchPathTable({ name, entries }: Shown<'search-path'>, most: number): Table {
  return {
    title: `${visible(name, 80)}, in order of search`,
    columns: [code('Entry'), prose('From'), number('Lookups'), number('Found')],
    rows: entries
      .slice(0, most)
      .map(({ path, from, lookups, hits }) => [
        path === '' ? '(empty)' : visible(path),
        visible(from, 80),
        formatCount(lookups),
        formatCount(hits),
      ]),
    total: entries.length,
  };
}

function librariesTable({ rows, total }: Shown<'libraries'>, most: number): Table {
  return {
    title: 'Libraries',
    columns: [code('Library'), number('Size'), prose('Note')],
    rows: rows.slice(0, most).map(({ path, bytes, note }) => [visible(path), formatBytes(bytes), visible(note ?? '')]),
    total,
  };
}

function factsTable({ rows }: Shown<'facts'>, most: number): Table {
  return {
    title: 'Facts',
    columns: [prose('What'), prose('Value')],
    rows: rows.slice(0, most).map(({ name, value }) => [visible(name, 120), visible(value)]),
    total: rows.length,
    pairs: true,
  };
}

/** What stands behind a finding, as rows; at most `most` of them. */
export function evidenceTable(evidence: Evidence, most: number): Table {
  switch (evidence.kind) {
    case 'paths':
      return withoutEmpty(pathsTable(evidence, most));
    case 'modules':
      return withoutEmpty(modulesTable(evidence, most));
    case 'search-path':
      return searchPathTable(evidence, most);
    case 'libraries':
      return withoutEmpty(librariesTable(evidence, most));
    case 'facts':
      return factsTable(evidence, most);
    default:
      return unreachable(evidence);
  }
}
