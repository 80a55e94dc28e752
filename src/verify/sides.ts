import type { Originals } from './originals.ts';
import type { Run } from './run.ts';

/** One of the two runs, with the names that its paths have in the original. */
export interface Side {
  readonly run: Run;
  readonly originals: Originals;
}

export interface Sides {
  readonly plain: Side;
  readonly staged: Side;
}
