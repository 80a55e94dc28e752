import type { CacheModel } from '#schema';

/** Lengths of a start between which nothing is told apart, for each doubling. */
const STEPS_OF_DOUBLING = 4;
/** A start that lasts this many times as long as anything is kept asks no more for lasting longer. */
const MOST_TIMES = 1024;

/**
 * What is asked depends on the length of the start only where something is kept for a time: as many answers as there
 * are lengths to tell apart, each worked out once. A longer start never gets the answer of a shorter one.
 */
export function memoByLength<Asked>(
  { entries, missing }: Pick<CacheModel, 'entries' | 'missing'>,
  askedIn: (seconds: number) => Asked,
): (seconds: number) => Asked {
  const times = [entries.value, missing.value].filter((kept) => kept !== 'until-changed' && kept > 0) as number[];
  const shortest = Math.min(...times);
  const known = new Map<number, Asked>();
  return (seconds) => {
    const length = lengthOf(seconds, shortest);
    const asked = known.get(length) ?? askedIn(length);
    known.set(length, asked);
    return asked;
  };
}

function lengthOf(seconds: number, shortest: number): number {
  if (!Number.isFinite(shortest) || seconds < shortest) return 0;
  const doublings = Math.log2(Math.min(MOST_TIMES, seconds / shortest));
  return shortest * 2 ** (Math.floor(doublings * STEPS_OF_DOUBLING) / STEPS_OF_DOUBLING);
}
