import type { Facts } from './facts.ts';

// A recording in memory. Hot tables are columns, because a recording may hold a million operations.

export const OPERATIONS = [
  'stat',
  'fstat',
  'open',
  'opendir',
  'readdir',
  'read',
  'map',
  'readlink',
  'close',
  'write',
  'create',
  'rename',
  'unlink',
  'mkdir',
  'lock',
  'exec',
  'chdir',
  'statfs',
  'other',
] as const;
export type Operation = (typeof OPERATIONS)[number];

export const PHASES = ['interpreter', 'site', 'main', 'ready', 'exit'] as const;
export type PhaseName = (typeof PHASES)[number];

export type Source = 'probe' | 'trace' | 'replay';
export type ProcessRole = 'before' | 'job' | 'child' | 'other';

/** Microseconds since the collector started. */
export type Microseconds = number;

/** A path: `parent` is an index into the same list, 0 is the root directory. */
export interface PathNode {
  readonly parent: number;
  readonly name: string;
  /** Id of the mount it is on, 0 when unknown. */
  readonly mount: number;
  /** Index of the path that a symbolic link names; that path may be a link again. */
  readonly link?: number;
  /** Set on a path that was removed because it is data: the name is then `<digest><extension>`. */
  readonly removed?: true;
}

export interface ProcessImage {
  readonly id: number;
  readonly parent: number;
  readonly source: Source;
  readonly begin: Microseconds;
  readonly how: 'exec' | 'fork';
  readonly role: ProcessRole;
  readonly program: number;
  readonly argc: number;
  /** Which rank of a launcher it is, where its environment tells. */
  readonly rank?: number;
  end?: Microseconds;
  status?: number;
  signal?: string;
  readonly phases: { readonly phase: PhaseName; readonly begin: Microseconds }[];
}

export type ImportLevel = 'site' | 'main' | 'nested' | 'late';
export type Loader = 'source' | 'bytecode' | 'extension' | 'builtin' | 'frozen' | 'namespace' | 'zip' | 'other';

export interface ImportSpan {
  readonly process: number;
  /** Id within its process. */
  readonly id: number;
  readonly parent: number;
  readonly module: string;
  readonly level: ImportLevel;
  readonly begin: Microseconds;
  end?: Microseconds;
  outcome?: 'loaded' | 'missing' | 'failed';
  /** Path index. */
  origin?: number;
  loader?: Loader;
}

/** Columns of equal length, one row an operation, in the order written. */
export interface OperationColumns {
  readonly length: number;
  readonly process: Uint32Array;
  readonly import: Uint32Array;
  readonly time: Float64Array;
  /** Index into OPERATIONS. */
  readonly operation: Uint8Array;
  readonly path: Uint32Array;
  /** Index into `errors`; 0 is success. */
  readonly error: Uint8Array;
  readonly bytes: Float64Array;
}

export interface Recording {
  readonly collector: string;
  readonly started: string;
  /** True when the last line is missing: the collector or the disk stopped before the end. */
  readonly truncated: boolean;
  readonly paths: readonly PathNode[];
  readonly processes: ReadonlyMap<number, ProcessImage>;
  readonly imports: readonly ImportSpan[];
  readonly operations: OperationColumns;
  /** `errors[0]` is `''`. */
  readonly errors: readonly string[];
  readonly facts: Facts;
}
