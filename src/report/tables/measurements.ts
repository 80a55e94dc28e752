import { formatBytes, formatCount, formatNumber, formatRange, formatSeconds } from '#base';
import type { Cause, Report } from '#schema';
import { visible } from '../visible.ts';
import { code, number, optional, prose, sharesOf, type Table } from './table.ts';

// A map, not an object: a report may name a phase `toString`.
const PHASE: ReadonlyMap<string, string> = new Map([
  ['before exec', 'before exec of the interpreter'],
  ['interpreter', 'interpreter, site and .pth files'],
  ['site', 'sitecustomize, before the script'],
  ['imports', 'imports of the script'],
  ['script', 'the script, between imports'],
]);

export function phasesTable({ phases }: Report, most: number): Table {
  const shown = phases.slice(0, most);
  return {
    title: 'Where the start spends its time',
    columns: [prose('Phase'), number('Time'), prose('Basis')],
    rows: shown.map(({ name, seconds, basis }) => [
      PHASE.get(name) ?? visible(name, 80),
      formatSeconds(seconds),
      basis,
    ]),
    shares: sharesOf(shown.map(({ seconds }) => seconds)),
    total: phases.length,
  };
}

const CAUSE: Record<Cause, string> = {
  'path-entry-probing': 'searching the entries of sys.path',
  'suffix-probing': 'trying file suffixes inside packages',
  'directory-recheck': 'checking folders again',
  'source-stat': 'comparing source with bytecode',
  'bytecode-read': 'reading bytecode',
  'bytecode-write': 'writing bytecode',
  'source-read': 'reading and compiling source',
  'extension-load': 'loading extension modules',
  'library-search': 'searching shared libraries',
  'metadata-scan': 'scanning package metadata',
  pth: 'reading and running .pth files',
  'user-site': 'looking at the user site',
  interpreter: 'starting the interpreter',
  'data-file': 'reading data files',
  spawn: 'starting other programs',
  other: 'other',
};

/** What one can trust the counts for. */
export function tellCalls({ operations }: Report): string {
  if (!operations) return 'measured';
  if (operations.coverage === 'complete') return 'measured, complete';
  return 'measured, Python only: the dynamic loader and C code are missing';
}

export function causesTable(report: Report, most: number): Table {
  const sorted = report.causes.toSorted((a, b) => b.calls - a.calls);
  const shown = sorted.slice(0, most);
  const modelled = shown.some(({ requests }) => requests !== undefined);
  const columns = [prose('Cause'), number('Calls'), optional(number('Failed')), optional(number('Read'))];
  return {
    title: `File system calls of one rank by cause (${tellCalls(report)}${modelled ? '; requests modelled' : ''})`,
    columns: modelled ? [...columns, number('Requests per node')] : columns,
    rows: shown.map(({ cause, calls, failed, bytes, requests }) => [
      CAUSE[cause],
      formatCount(calls),
      formatCount(failed),
      formatBytes(bytes),
      ...(modelled ? [requests === undefined ? '' : formatCount(requests)] : []),
    ]),
    shares: sharesOf(shown.map(({ calls }) => calls)),
    total: report.causes.length,
  };
}

export function packagesTable(report: Report, most: number): Table {
  const shown = report.packages.toSorted((a, b) => b.selfSeconds - a.selfSeconds).slice(0, most);
  return {
    title: 'Packages by the time their own modules take (measured, one rank)',
    columns: [code('Package'), prose('Version'), number('Modules'), number('Time'), number('Calls')],
    rows: shown.map(({ name, version, modules, selfSeconds, calls }) => [
      visible(name, 120),
      visible(version ?? '', 40),
      formatCount(modules),
      formatSeconds(selfSeconds),
      formatCount(calls),
    ]),
    shares: sharesOf(shown.map(({ selfSeconds }) => selfSeconds)),
    total: report.packages.length,
  };
}

/** The curve as rows, smallest first. */
export function curveTable({ curve }: Report, most: number): Table {
  const points = (curve?.points ?? []).toSorted((a, b) => a.nodes - b.nodes);
  const cured = points.some(({ after }) => after !== undefined);
  const range = (interval: { low: number; high: number } | undefined) =>
    interval ? formatRange(interval.low, interval.high, formatNumber) : '';
  return {
    title: `Seconds to start as the job grows (${curve?.basis ?? 'modelled'}, ${formatCount(curve?.ranksPerNode ?? 1)} ranks per node)`,
    columns: [
      number('Nodes'),
      number('As it is'),
      number('Interval'),
      ...(cured ? [number('Remedied'), number('Interval')] : []),
      optional(number('Requests')),
    ],
    rows: points
      .slice(0, most)
      .map(({ nodes, before, after, requests }) => [
        formatCount(nodes),
        formatNumber(before.likely),
        range(before),
        ...(cured ? [after ? formatNumber(after.likely) : '', range(after)] : []),
        formatCount(requests),
      ]),
    total: points.length,
  };
}
