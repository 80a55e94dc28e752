import type { Result } from '#base';
import type { ImageFile } from '#schema';
import type { Places } from '../places.ts';
import type { Roots } from '../roots.ts';

export interface Original {
  /** Where it stands in the stage, without the stage. */
  readonly path: string;
  readonly mode: number;
  readonly bytes: Uint8Array;
}

/** Where things are, and which of them are in the stage. */
export interface Surroundings {
  readonly roots: Roots;
  readonly places: Places;
  /** Prefixes that stand in the files of their environment: those of conda. */
  readonly embedded: readonly string[];
  /** Whether a path, links followed, is of a root that moves. User code does not: its own paths stay. */
  moves(path: string): Promise<boolean>;
  /** Where a folder that moves really is; undefined where it does not move, or does not stand in the stage. */
  stagedFolder(path: string): Promise<string | undefined>;
  /** Other folders of the stage where a link leads to this library. */
  reachedFrom(path: string): readonly string[];
}

export interface Relocated {
  readonly bytes: Uint8Array;
  readonly made: NonNullable<ImageFile['made']>;
  /** Prefixes in a binary, that are completed on the node. */
  readonly prefixes?: readonly { readonly prefix: string; readonly offset: number; readonly bytes: number }[];
}

/** Makes a file independent of where the stage is. Undefined: there is nothing to do. */
export type Relocation = (file: Original, around: Surroundings) => Promise<Result<Relocated> | undefined>;
