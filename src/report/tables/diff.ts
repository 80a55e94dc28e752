import { formatCount, formatSeconds } from '#base';
import { formatCost } from '../costs.ts';
import type {
  EnvironmentChange,
  FigureChange,
  FindingChange,
  ImportChange,
  ReportDiff,
  VerdictChange,
} from '../diff.ts';
import { visible } from '../visible.ts';
import { code, number, prose, type Table } from './table.ts';

const optionally = <Value>(value: Value | undefined, format: (value: Value) => string) =>
  value === undefined ? '-' : format(value);

const figure = ({ name, unit, basis, before, after }: FigureChange) => {
  const format = unit === 'seconds' ? formatSeconds : formatCount;
  return [name, optionally(before, format), optionally(after, format), basis];
};

const finding = ({ audit, subject, change, before, after }: FindingChange) => [
  change,
  visible(audit, 80),
  visible(subject, 200),
  optionally(before?.cost, formatCost),
  optionally(after?.cost, formatCost),
];

const verdict = ({ audit, before, after }: VerdictChange) => [
  visible(audit, 80),
  before ?? 'not asked',
  after ?? 'not asked',
];

const imported = (change: ImportChange) => [
  change.change,
  visible(change.module, 120),
  optionally(change.beforeSeconds, formatSeconds),
  optionally(change.afterSeconds, formatSeconds),
  optionally(change.beforeCalls, formatCount),
  optionally(change.afterCalls, formatCount),
];

/** Shorter values are read whole. */
const LONG = 24;

/** Long values without the words that both begin or end with, but for the one before what differs. */
function contrast(before: string, after: string): [string, string] {
  if (Math.max(before.length, after.length) <= LONG) return [before, after];
  const [old, now] = [before.split(' '), after.split(' ')];
  const shorter = Math.min(old.length, now.length);
  let start = 0;
  while (start < shorter && old[start] === now[start]) start += 1;
  let end = 0;
  while (end < shorter - start && old.at(-1 - end) === now.at(-1 - end)) end += 1;
  const from = Math.max(0, start - 1);
  const cut = (words: readonly string[]) =>
    [...(from > 0 ? ['...'] : []), ...words.slice(from, words.length - end), ...(end > 0 ? ['...'] : [])].join(' ');
  return [cut(old), cut(now)];
}

function environmentChange({ what, name, before, after }: EnvironmentChange): string[] {
  const [old, now] = before === undefined || after === undefined ? [before, after] : contrast(before, after);
  return [
    what,
    visible(name, 200),
    optionally(old, (value) => visible(value, 200)),
    optionally(now, (value) => visible(value, 200)),
  ];
}

/** What changed, as tables; those without rows are left out. */
export function diffTables(diff: ReportDiff, most: number): Table[] {
  const changed = diff.findings.filter(({ change }) => change !== 'same');
  const tables: Table[] = [
    {
      title: diff.ofStep ? 'The step as a whole' : 'The start as a whole',
      columns: [prose('Figure'), number('Before'), number('After'), prose('Basis')],
      rows: diff.figures.map(figure),
      total: diff.figures.length,
    },
    {
      title: 'Imports that came, went or changed, by the share of the change (own time and calls, measured once each)',
      columns: [
        prose('Change'),
        code('Module'),
        number('Before'),
        number('After'),
        number('Calls before'),
        number('Calls after'),
      ],
      rows: diff.imports.slice(0, most).map(imported),
      total: diff.imports.length,
    },
    {
      title: 'Findings',
      columns: [prose('Change'), code('Audit'), code('Subject'), number('Before'), number('After')],
      rows: changed.slice(0, most).map(finding),
      total: changed.length,
    },
    {
      title: 'Audits with another answer',
      columns: [code('Audit'), prose('Before'), prose('After')],
      rows: diff.verdicts.slice(0, most).map(verdict),
      total: diff.verdicts.length,
    },
    {
      title: 'Differences of the environment',
      columns: [prose('What'), code('Name'), code('Before'), code('After')],
      rows: diff.environment.slice(0, most).map(environmentChange),
      total: diff.environment.length,
    },
  ];
  return tables.filter(({ total }) => total > 0);
}

/** How the two are to be read together, in sentences. */
export function tellDiff(diff: ReportDiff): string[] {
  const [before, after] = diff.scripts;
  const count = (change: FindingChange['change']) => diff.findings.filter((each) => each.change === change).length;
  const said = (['appeared', 'worse', 'gone', 'better', 'present', 'same'] as const)
    .map((change) => [count(change), change === 'present' ? 'in both but not compared' : change] as const)
    .filter(([many]) => many > 0)
    .map(([many, change]) => `${many} ${change}`);
  const [largest] = diff.imports;
  return [
    ...(before === after
      ? []
      : [`The scripts differ: ${visible(before, 200) || 'none'} and ${visible(after, 200) || 'none'}.`]),
    ...(diff.incomparable.length > 0
      ? [`Costs at scale are not comparable: ${diff.incomparable.map((each) => visible(each, 200)).join('; ')}.`]
      : []),
    `Findings: ${said.join(', ') || 'none in either report'}.`,
    ...(largest ? [`The largest change is the import of ${visible(largest.module, 120)} (${largest.change}).`] : []),
    ...(diff.environment.length === 0 ? ['The environments are the same.'] : []),
  ];
}
