import type { Calibration } from '#schema';
import { listTimed, medianOf, type Timed } from './times.ts';

/** One call in the order of a start's life: medians, in microseconds. */
export interface CallSummary {
  readonly call: Timed['call'];
  readonly first: number;
  /** The same again, at once; absent where it was not tried. */
  readonly again?: number;
  readonly calls: number;
}

/** What was measured, one line for each call. */
export function summariseCalls(calibrations: readonly Calibration[]): CallSummary[] {
  const touches = Map.groupBy(listTimed(calibrations), ({ call }) => call);
  return [...touches].flatMap(([call, timed]) => {
    const [first, again] = timed.filter(({ foreign }) => !foreign).sort((a, b) => a.touch - b.touch);
    if (!first) return [];
    return [
      {
        call,
        first: medianOf(first.microseconds),
        ...(again === undefined ? {} : { again: medianOf(again.microseconds) }),
        calls: timed.reduce((all, { microseconds }) => all + microseconds.length, 0),
      },
    ];
  });
}
