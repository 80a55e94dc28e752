import { failure, type Result, success } from '#base';
import type { Calibration } from '#schema';
import { kernelTime } from './keeping.ts';
import { type Crowd, listCrowds, listTimed, medianOf, type Timed } from './times.ts';

/** Fewer calls tell no mean. */
export const LEAST_CALLS = 20;
/** A request over a network takes longer than a kernel's own answer by far. */
const LEAST_TIMES_KERNEL = 3;

export const cannot = (what: string, message: string, hint: string) =>
  failure({ code: `calibrate/${what}`, message, hint });

export interface Ground {
  readonly first: Calibration;
  readonly timed: readonly Timed[];
  readonly crowds: readonly Crowd[];
  readonly misses: readonly number[];
  readonly date: string;
  readonly overhead: number;
}

export function groundOf(calibrations: readonly Calibration[]): Result<Ground> {
  const [first] = calibrations;
  if (!first)
    return cannot('nothing', 'no calibration was given', 'Give files that pharos-collect.pyz calibrate has written.');
  const other = calibrations.find(({ mount }) => mount.type !== first.mount.type);
  if (other) {
    const types = `${first.mount.type} and ${other.mount.type}`;
    return cannot('mixed', `the calibrations are of different mounts (${types})`, 'Give those of one mount.');
  }
  const dates = calibrations.map(({ date }) => date.slice(0, 10)).sort();
  const date = dates.at(-1) ?? '';
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) {
    return cannot('no-date', 'a calibration does not say its date', 'Calibrate again.');
  }
  const timed = listTimed(calibrations);
  const firsts = timed.filter(({ call, touch }) => call === 'miss' && touch === 1);
  const foreign = firsts.filter((one) => one.foreign);
  const misses = (foreign.length > 0 ? foreign : firsts).flatMap(({ microseconds }) => microseconds);
  const overhead = medianOf(calibrations.map(({ overheadMicroseconds }) => overheadMicroseconds));
  return success({ first, timed, crowds: listCrowds(calibrations), misses, date, overhead });
}

/** Whether there is enough to go by, and whether first touches went to a server at all: their median, in microseconds. */
export function checkCold({ misses, overhead, first }: Ground, shared: boolean): Result<number> {
  if (misses.length < LEAST_CALLS) {
    const message = `${misses.length} first touches of missing names were timed: too few to tell anything`;
    return cannot(
      'too-few',
      message,
      'Calibrate again, in a folder where files may be made, and for longer (--seconds 30).',
    );
  }
  const median = medianOf(misses);
  if (shared && median < LEAST_TIMES_KERNEL * kernelTime(overhead, false)) {
    const message = `first touches on this ${first.mount.type} mount take no longer than the kernel's own answers: what reaches a server cannot be told`;
    return cannot(
      'not-cold',
      message,
      'Try another folder of the mount; if nothing of it leaves the node, add --like local.',
    );
  }
  return success(median);
}
