import type { Interval } from '#base';
import type { Access, Artifacts, Cost } from '#schema';

/** What one node asks of the shared file system for the start of all its ranks. */
export interface Requests {
  readonly lookups: number;
  readonly misses: number;
  readonly getattrs: number;
  readonly opens: number;
  readonly closes: number;
  readonly readdirs: number;
  readonly readlinks: number;
  readonly reads: number;
  readonly bytes: number;
  /** Sum of the metadata requests. */
  readonly metadata: number;
}

/** Chooses accesses that would not happen any more. */
export type Without = (access: Access) => boolean;

/** The start of one job at the scale asked for. */
export interface StartModel {
  /** One node's requests. */
  requests(without?: Without): Requests;
  /** Seconds until the last rank has started, on `nodes` nodes. `lessSeconds` is local time that a cure takes away from every rank. */
  seconds(nodes: number, without?: Without, lessSeconds?: number): Interval;
  /** What would be saved per start at the scale asked for. */
  saving(without: Without, lessSeconds?: number): Cost;
}

export type StartArtifacts = Pick<Artifacts, 'accesses' | 'storage' | 'target' | 'run' | 'imports'>;

export function startModel(_artifacts: StartArtifacts): StartModel {
  throw new Error('not yet');
}
