import { type Accesses, OPERATIONS, pathText } from '#schema';
import { phaseBegin, seconds } from '../observed-ranks.ts';
import type { PathKind } from './path-kind.ts';
import type { Sources } from './sources.ts';

// `.pth` and `.start` files run before any Python code of ours: what their lines did shows only in a trace, as what
// happened between one of these files and the next. https://docs.python.org/3/library/site.html

export interface PathConfigurations {
  readonly files: NonNullable<Accesses['pathConfigurations']>;
  /** Whether an operation of the root image was made by a line of one of these files. */
  isTheirs(row: number): boolean;
}

interface Run {
  readonly path: number;
  /** First row, and the last that looks like work. */
  readonly first: number;
  readonly last: number;
  /** Operations until the last that looks like work, and until the end. */
  readonly operations: number;
  readonly rows: number;
  readonly seconds: number;
}

/** Folders are also asked for by what follows the file; code is read by its lines. */
const work: ReadonlySet<PathKind> = new Set([
  'source',
  'bytecode',
  'written-bytecode',
  'bytecode-folder',
  'extension',
  'shared-object',
  'metadata',
  'path-configuration',
]);
/** What `site` imports after the last of these files. */
const CUSTOMIZATION = /^(site|user)customize(\.|$)/;
const OPEN = OPERATIONS.indexOf('open');

/** The operations until `site` ended, as far as can be told: row numbers, and that moment. */
interface Early {
  readonly rows: readonly number[];
  readonly stop: number;
}

function earlyRows({ rank, root, source }: Sources): Early {
  const { operations } = rank.recording;
  // A trace of the job itself has the probe in it, which begins where site is done with these files.
  const stop = (source === 'trace' ? phaseBegin(rank.process, 'site') : phaseBegin(root, 'main')) ?? root.begin;
  const rows: number[] = [];
  for (let row = 0; row < operations.length; row += 1) {
    if (operations.process[row] === root.id && (operations.time[row] ?? 0) < stop) rows.push(row);
  }
  return { rows, stop };
}

/** The operations and the time between each of these files and the next. */
function runsOf({ rank, kinds }: Sources, { rows, stop }: Early): Run[] {
  const { operations, paths } = rank.recording;
  const pathOf = (row: number) => operations.path[row] ?? 0;
  const kindOf = (row: number) => kinds[pathOf(row)] ?? 'plain';
  const isOpened = (row: number) => operations.operation[row] === OPEN && operations.error[row] === 0;
  const begins = rows.flatMap((row, index) => (kindOf(row) === 'path-configuration' && isOpened(row) ? [index] : []));
  const after = rows.findIndex(
    (row, index) => index > (begins.at(-1) ?? 0) && CUSTOMIZATION.test(paths[pathOf(row)]?.name ?? ''),
  );
  const timeAt = (index: number) => operations.time[rows[index] ?? -1] ?? stop;

  return begins.map((begin, number) => {
    const end = begins[number + 1] ?? (after < 0 ? rows.length : after);
    const during = rows.slice(begin, end);
    const last = during.findLastIndex((row) => work.has(kindOf(row)));
    const first = rows[begin] ?? 0;
    return {
      path: pathOf(first),
      first,
      last: during[last] ?? first,
      operations: last + 1,
      rows: during.length,
      seconds: seconds(timeAt(begin), timeAt(end)),
    };
  });
}

/** Seconds that a replay's trace added to each operation before the script: it took so much longer than the one run. */
function addedByTrace({ rank, root, source }: Sources, { rows, stop }: Early): number {
  const site = phaseBegin(rank.process, 'site');
  if (source !== 'replay' || site === undefined || rows.length === 0) return 0;
  return Math.max(0, seconds(root.begin, stop) - seconds(rank.process.begin, site)) / rows.length;
}

/** Each file once: in a virtual environment site reads them twice, and runs their lines each time. */
function filesOf({ rank }: Sources, runs: readonly Run[], added: number): PathConfigurations['files'] {
  const files = new Map<number, PathConfigurations['files'][number]>();
  for (const { path, operations, rows, seconds: taken } of runs) {
    const before = files.get(path);
    files.set(path, {
      path: pathText(rank.recording.paths, path),
      operations: (before?.operations ?? 0) + operations,
      seconds: (before?.seconds ?? 0) + Math.max(0, taken - added * rows),
    });
  }
  return [...files.values()];
}

/** What the `.pth` and `.start` files did; undefined where nobody looked on. */
export function pathConfigurations(sources: Sources): PathConfigurations | undefined {
  if (sources.source === 'probe') return undefined;
  const early = earlyRows(sources);
  const runs = runsOf(sources, early);
  const added = addedByTrace(sources, early);
  const files = filesOf(sources, runs, added);
  // Rows are asked in order.
  let at = 0;
  return {
    files,
    isTheirs(row) {
      while (at < runs.length && row > (runs[at]?.last ?? 0)) at += 1;
      return row >= (runs[at]?.first ?? Number.POSITIVE_INFINITY);
    },
  };
}
