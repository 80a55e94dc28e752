import type { Seconds } from '#base';
import type { Access, Artifacts, FilesystemProfile } from '#schema';
import { type Asked, askedOf } from './demand.ts';
import { type Folded, fold } from './fold.ts';
import { memoByLength } from './memo-by-length.ts';
import { imageOf, observe, type Tally, tallyOf } from './tally.ts';
import { walkOf } from './walk.ts';

/** Chooses accesses that would not happen any more. */
export type Without = (access: Access) => boolean;

/** What is left of the accesses. */
export interface Left {
  /** One node's, in a start as long as the observed one. */
  readonly folded: Folded;
  /** As one rank and as all of a node ask it in a start of so many seconds: what is kept for less is asked for again. */
  asked(seconds: Seconds): { readonly rank: Asked; readonly node: Asked };
}

export interface Remaining {
  /** All of them, or those that `without` does not choose. */
  after(without?: Without): Left;
  /** What the start uses of shared storage, each file once and whole. */
  image(): { readonly files: number; readonly bytes: number };
}

/** Wall time from the launch of the ranks to the last one's end of start; what comes after is not part of it. */
const inStart = ({ phase }: Access) => phase !== 'after-start';

/** What a cure leaves of what one rank was seen to ask, under the profile's cache; the observed start took `wall`. */
export function remainingOf(
  { accesses, target }: Pick<Artifacts, 'accesses' | 'target'>,
  { cache, shared }: FilesystemProfile,
  wall: Seconds,
): Remaining {
  const { ranksPerNode } = target;
  const places = shared ? target : { sharedMounts: [], sharedPrefixes: [] };
  const observed = observe(accesses.paths, walkOf(accesses.paths, places), accesses.accesses);
  const started = accesses.accesses.filter(inStart);
  const whole = tallyOf(observed, started);
  const foldFor = (tally: Tally, ranks: number, seconds: Seconds) => fold(tally, observed, { cache, ranks, seconds });
  const after = memoLeft((without) => {
    const tally = without
      ? tallyOf(
          observed,
          started.filter((access) => !without(access)),
        )
      : whole;
    const asked = memoByLength(cache, (seconds) => ({
      rank: askedOf(foldFor(tally, 1, seconds)),
      node: askedOf(foldFor(tally, ranksPerNode, seconds)),
    }));
    return { folded: foldFor(tally, ranksPerNode, wall), asked };
  });
  return { after, image: () => imageOf(whole, observed) };
}

/** The same `without` is asked again for each point of a curve. */
function memoLeft(leftOf: (without?: Without) => Left): Remaining['after'] {
  const known = new WeakMap<Without, Left>();
  const all = leftOf();
  return (without) => {
    if (!without) return all;
    const left = known.get(without) ?? leftOf(without);
    known.set(without, left);
    return left;
  };
}
