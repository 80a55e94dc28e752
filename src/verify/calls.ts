import { OPERATIONS, type Operation, pathText, type Recording } from '#schema';
import { endsOfStart, type Families } from './families.ts';

/** Calls of one kind that a family's Python, or what it started, made on one path. */
export interface Calls {
  readonly top: number;
  readonly python: number;
  readonly path: string;
  readonly operation: Operation;
  /** Before the end of that Python's start. */
  readonly isOfStart: boolean;
  readonly count: number;
}

/** They ask the file system for a name. What is done with an open file follows one of them. */
const NAMING: ReadonlySet<Operation> = new Set([
  'stat',
  'open',
  'opendir',
  'readlink',
  'create',
  'rename',
  'unlink',
  'mkdir',
  'exec',
  'chdir',
  'statfs',
  'other',
]);

/** They ask for the name itself, not for what a link of that name leads to. */
export const NOT_FOLLOWING: ReadonlySet<Operation> = new Set(['readlink', 'rename', 'unlink']);

/** The calls that name a path, of the job's families; what no Python of the job started is not among them. */
export function callsOf(recording: Recording, families: Families): Calls[] {
  const { operations, paths } = recording;
  const endOfStart = endsOfStart(recording);
  const counted = new Map<string, { row: number; top: number; python: number; isOfStart: boolean; count: number }>();
  for (let row = 0; row < operations.length; row += 1) {
    const kin = families.of(operations.process[row] ?? 0);
    const operation = operations.operation[row] ?? 0;
    if (!kin || !NAMING.has(OPERATIONS[operation] ?? 'other')) continue;
    const isOfStart = (operations.time[row] ?? 0) <= endOfStart(kin.python);
    const key = `${kin.python} ${operation} ${isOfStart} ${operations.path[row]}`;
    const same = counted.get(key);
    if (same) same.count += 1;
    else counted.set(key, { row, ...kin, isOfStart, count: 1 });
  }
  return [...counted.values()].map(({ row, ...rest }) => ({
    ...rest,
    path: pathText(paths, operations.path[row] ?? 0),
    operation: OPERATIONS[operations.operation[row] ?? 0] ?? 'other',
  }));
}
