import type { Recorded } from '../recorded.ts';
import type { Selection } from '../selection.ts';

/** Packs more than was traced. One folder's worth of reason: what would go wrong, or be asked of shared storage, without it. */
export interface Rule {
  /** As the manifest says why a file is there. */
  readonly id: string;
  /** For people. */
  readonly reason: string;
  /** Without it the image would be wrong, not only slower: kept with `--only-traced`. */
  readonly isNeeded: boolean;
  apply(selection: Selection, recorded: Recorded): Promise<void>;
}
