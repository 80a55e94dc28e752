import type { CallsOnPath, VerifiedProcess } from '#schema';
import type { Calls } from './calls.ts';
import type { Ground } from './ground.ts';
import type { Run } from './run.ts';

/** Paths beyond these are counted and not listed. */
const MOST_PATHS = 50;

export interface ToldCalls {
  readonly processes: readonly VerifiedProcess[];
  /** The paths that were asked for most come first, those in staged folders before others. */
  readonly calls: readonly CallsOnPath[];
  readonly more: number;
}

interface Tally {
  readonly staged: Map<number, number>;
  readonly left: Map<number, number>;
  /** By Python. */
  readonly other: Map<number, number>;
}

type Paths = Map<string, { call: CallsOnPath; tops: Set<number> }>;

const add = (counts: Map<number, number>, of: number, count: number) => counts.set(of, (counts.get(of) ?? 0) + count);

function note(paths: Paths, { path, where }: Pick<CallsOnPath, 'path' | 'where'>, { top, operation, count }: Calls) {
  const key = `${where} ${path}`;
  const { call, tops } = paths.get(key) ?? {
    call: { path, where, operations: {}, processes: 0 },
    tops: new Set<number>(),
  };
  const operations = { ...call.operations, [operation]: (call.operations[operation] ?? 0) + count };
  tops.add(top);
  paths.set(key, { call: { ...call, operations, processes: tops.size }, tops });
}

const total = ({ operations }: CallsOnPath) => Object.values(operations).reduce((sum, count) => sum + count, 0);

const ORDER: readonly CallsOnPath['where'][] = ['staged', 'left', 'other'];

function inOrder(paths: Paths): CallsOnPath[] {
  return [...paths.values()]
    .map(({ call }) => call)
    .sort((a, b) => ORDER.indexOf(a.where) - ORDER.indexOf(b.where) || total(b) - total(a));
}

/** Calls that reached shared storage: in staged folders and on libraries that were left at any time, elsewhere while a Python started. */
export async function tellCalls({ calls, families }: Run, ground: Ground): Promise<ToldCalls> {
  const tally: Tally = { staged: new Map(), left: new Map(), other: new Map() };
  const paths: Paths = new Map();
  for (const call of calls) {
    const placed = await ground(call);
    if (!placed || (placed.where === 'other' && !call.isOfStart)) continue;
    add(tally[placed.where], placed.where === 'other' ? call.python : call.top, call.count);
    note(paths, placed, call);
  }
  const processes = families.all.map(({ top, rank, pythons }) => ({
    ...(rank === undefined ? {} : { rank }),
    pythons: pythons.length,
    staged: tally.staged.get(top) ?? 0,
    left: tally.left.get(top) ?? 0,
    other: Math.max(...pythons.map((python) => tally.other.get(python) ?? 0)),
  }));
  const ordered = inOrder(paths);
  return { processes, calls: ordered.slice(0, MOST_PATHS), more: Math.max(0, ordered.length - MOST_PATHS) };
}
