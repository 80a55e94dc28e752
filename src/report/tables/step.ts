import { cpuSetOf, formatCount, formatCountOf, formatCpuList } from '#base';
import type { StepSection } from '#schema';
import { tellMask, tellMaskSize } from '../cpus.ts';
import { visible } from '../visible.ts';
import { code, number, prose, type Table } from './table.ts';

type Difference = StepSection['differences'][number];
type Value = Difference['values'][number];
type PicturedRank = StepSection['pictures'][number]['ranks'][number];

/** Names of outliers; more would not be read. */
const MOST_NAMES = 6;

const tellWhere = ({ where }: Value): string =>
  where
    .slice(0, MOST_NAMES)
    .map((name) => visible(name, 80))
    .join(', ');

/** One thing that is not the same everywhere: who has what. */
function differenceTable({ what, values }: Difference, most: number): Table {
  return {
    title: visible(what, 120),
    columns: [prose('On'), prose('Value'), prose('Which')],
    rows: values
      .slice(0, most)
      .map((each) => [
        formatCountOf(each.count, each.of === 'nodes' ? 'node' : 'rank'),
        visible(each.value, 240),
        tellWhere(each),
      ]),
    total: values.length,
  };
}

export const differenceTables = ({ differences }: StepSection, most: number): Table[] =>
  differences.slice(0, most).map((each) => differenceTable(each, most));

export const factTables = ({ facts }: StepSection, most: number): Table[] =>
  facts.slice(0, most).map(({ title, rows }) => ({
    title: visible(title, 120),
    columns: [prose('What'), prose('Value')],
    rows: rows.slice(0, most).map(({ name, value }) => [visible(name, 120), visible(value, 240)]),
    total: rows.length,
    pairs: true,
  }));

/** Local ranks as people write them: `0-3,8`. */
function tellNumbers(numbers: readonly number[]): string {
  const runs = cpuSetOf(numbers);
  return `${formatCpuList(runs.slice(0, 4))}${runs.length > 4 ? ',...' : ''}`;
}

interface Group {
  readonly traits: readonly string[];
  readonly ranks: number[];
}

/** Ranks with the same traits; those whose mask changed come first. */
function groupRanks(ranks: readonly PicturedRank[], tell: (list: string) => string): Group[] {
  const groups = new Map<string, Group>();
  for (const { localRank, cpus, afterImports, threads, gpus } of ranks) {
    const traits = [
      afterImports === undefined ? '' : tell(cpus),
      tell(afterImports ?? cpus),
      threads === undefined ? '' : formatCount(threads),
      visible(gpus ?? '', 80),
    ];
    const key = JSON.stringify(traits);
    const group = groups.get(key);
    if (group) group.ranks.push(localRank);
    else groups.set(key, { traits, ranks: [localRank] });
  }
  return [...groups.values()].sort((a, b) => Number(isChanged(b)) - Number(isChanged(a)));
}

const isChanged = ({ traits }: Group) => traits[0] !== '';

/** What each rank of a node may use. Where that takes too many rows, masks are told by their size: where they lie is drawn. */
export function masksTable({ ranks }: StepSection['pictures'][number], most: number): Table {
  const exact = groupRanks(ranks, tellMask);
  const groups = exact.length > most ? groupRanks(ranks, tellMaskSize) : exact;
  const changed = groups.some(isChanged);
  const columns = [
    prose('Local rank'),
    code('At start'),
    code(changed ? 'After the imports' : 'CPUs'),
    number('Threads'),
    code('GPUs'),
  ];
  const cells = groups.map(({ traits, ranks: numbers }) => [tellNumbers(numbers), ...traits]);
  const filled = columns.map((_, index) => cells.some((row) => row[index] !== ''));
  const keep = <Item>(items: readonly Item[]) => items.filter((_, index) => filled[index]);
  return {
    title: changed ? 'CPUs of the ranks, at the start and as the imports left them' : 'CPUs of the ranks',
    columns: keep(columns),
    rows: cells.slice(0, most).map(keep),
    total: cells.length,
  };
}
