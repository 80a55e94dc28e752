import { formatCount, formatSeconds } from '#base';
import type { Report } from '#schema';
import { visible } from '../visible.ts';
import { code, number, prose, sharesOf, type Table } from './table.ts';

/** Rank numbers as people write them: `0, 4-7, 12`. */
export function tellRanks(ranks: readonly number[]): string {
  const sorted = [...new Set(ranks)].sort((a, b) => a - b);
  const runs: { first: number; last: number }[] = [];
  for (const rank of sorted) {
    const run = runs.at(-1);
    if (run && rank === run.last + 1) run.last = rank;
    else runs.push({ first: rank, last: rank });
  }
  const shown = runs.slice(0, 12).map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`));
  return runs.length > 12 ? `${shown.join(', ')} and others` : shown.join(', ');
}

export function differencesTable({ ranks: { differences } }: Report, most: number): Table {
  const sorted = differences.toSorted((a, b) => b.totalSeconds - a.totalSeconds);
  return {
    title: 'Modules that only some of the observed ranks import (measured)',
    columns: [code('Module'), prose('On ranks'), prose('Not on ranks'), number('Time')],
    rows: sorted
      .slice(0, most)
      .map(({ module, on, notOn, totalSeconds }) => [
        visible(module, 120),
        tellRanks(on),
        tellRanks(notOn),
        formatSeconds(totalSeconds),
      ]),
    total: differences.length,
  };
}

export function ranksTable({ ranks: { rows } }: Report, most: number): Table {
  const shown = rows.toSorted((a, b) => b.seconds - a.seconds).slice(0, most);
  return {
    title: 'Observed ranks, slowest first (measured)',
    columns: [prose('Rank'), number('Node'), number('Start'), number('Calls')],
    rows: shown.map(({ rank, node, seconds, calls }) => [
      String(rank),
      String(node),
      formatSeconds(seconds),
      formatCount(calls),
    ]),
    shares: sharesOf(shown.map(({ seconds }) => seconds)),
    total: rows.length,
  };
}

export function removedTable({ removed }: Report, most: number): Table {
  const kinds = Object.entries(removed);
  return {
    title: 'Left out of the recording, never stored',
    columns: [prose('Kind'), number('How many')],
    rows: kinds.slice(0, most).map(([kind, count]) => [visible(kind, 80), formatCount(count)]),
    total: kinds.length,
  };
}

/** What two reports must share to be compared. */
export function environmentTables({ environment }: Report, most: number): Table[] {
  const { interpreter, machine, pathEntries, mounts, distributions, variables } = environment;
  const named = Object.entries(variables);
  const tables: Table[] = [
    {
      title: 'Interpreter and machine',
      columns: [prose('What'), code('Value')],
      rows: [
        ['interpreter', visible(interpreter)],
        ['machine', visible(machine)],
      ],
      total: 2,
      pairs: true,
    },
    {
      title: 'sys.path, in order',
      columns: [number('No.'), code('Entry')],
      rows: pathEntries
        .slice(0, most)
        .map((entry, index) => [`${index + 1}`, entry === '' ? '(empty)' : visible(entry)]),
      total: pathEntries.length,
    },
    {
      title: 'File systems under the paths that were used',
      columns: [code('Mounted at'), prose('Kind')],
      rows: mounts.slice(0, most).map((mount) => [visible(mount.point), visible(mount.class, 40)]),
      total: mounts.length,
    },
    {
      title: 'Installed distributions',
      columns: [code('Name'), prose('Version')],
      rows: distributions.slice(0, most).map(({ name, version }) => [visible(name, 120), visible(version, 40)]),
      total: distributions.length,
    },
    {
      title: 'Variables that change the start',
      columns: [code('Name'), code('Value')],
      rows: named.slice(0, most).map(([name, value]) => [visible(name, 120), visible(value)]),
      total: named.length,
      pairs: true,
    },
  ];
  return tables.filter(({ total }) => total > 0);
}
