import type { Interval } from '#base';
import type { Artifacts } from '#schema';

/** Wall time of the observed starts in seconds, waiting for storage and what happened before the interpreter's exec included. */
export function observedTime({ run, imports }: Pick<Artifacts, 'run' | 'imports'>): Interval {
  const seconds = run.observed
    .map(({ beforeExecSeconds = 0, startSeconds, interpreterSeconds = 0, siteSeconds = 0, importsSeconds = 0 }) => {
      const start = startSeconds ?? interpreterSeconds + siteSeconds + importsSeconds;
      return beforeExecSeconds + start;
    })
    .filter((value) => value > 0)
    .sort((one, other) => one - other);
  const [low] = seconds;
  if (low !== undefined) return { low, likely: seconds[seconds.length >> 1] ?? low, high: seconds.at(-1) ?? low };
  // Without phases, what module-level imports took is the least that is known.
  const known = imports.nodes.filter(({ level }) => level === 'main').reduce((all, node) => all + node.totalSeconds, 0);
  return { low: known, likely: known, high: known };
}

/**
 * What one rank's start takes beside waiting for shared storage. When the observed run itself used shared storage, it
 * is not known how much of that was cached: all of it (then nothing is to be taken off), or none (then `waited` is).
 */
export function localTime(observed: Interval, waited: Interval): Interval {
  const low = Math.max(0, observed.low - waited.high);
  const { high } = observed;
  const likely = (Math.max(0, observed.likely - waited.likely) + observed.likely) / 2;
  return { low, likely: Math.min(high, Math.max(low, likely)), high };
}
