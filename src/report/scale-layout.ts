import { scaleLog } from 'd3-scale';
import { formatSeconds } from '#base';
import type { ScalePlan, ScaleTable } from '#schema';
import { startOf } from './scale-words.ts';

export interface Place {
  readonly nodes: number;
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

/** A logarithm has no zero: what is less than a microsecond is drawn as one. */
const positive = (seconds: number) => Math.min(1e9, Math.max(1e-6, seconds));

/** More points than a curve needs are not drawn. */
const MOST_POINTS = 60;

export function seriesOf({ points }: ScaleTable, { id }: ScalePlan): Place[] {
  return points.slice(0, MOST_POINTS).flatMap((point) => {
    const start = startOf(point, id);
    if (!start || point.nodes < 1) return [];
    const { low, likely, high } = start.seconds;
    return [{ nodes: point.nodes, low: positive(low), likely: positive(likely), high: positive(high) }];
  });
}

/** In the units people use. */
const ROUND = [
  ...[1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 0.3, 1, 3, 10, 30, 60, 180, 600, 1800, 3600, 10_800, 36_000],
  ...[360_000, 3.6e6, 3.6e8],
];
const MOST_TICKS = 8;

export interface Scales {
  readonly x: (nodes: number) => number;
  readonly y: (seconds: number) => number;
  readonly ticks: readonly { readonly seconds: number; readonly label: string }[];
}

/** Both axes logarithmic; `x` from left to right, `y` from bottom to top of what is given. */
export function scalesOf(
  all: readonly Place[],
  { left, right, bottom, top }: Readonly<Record<'left' | 'right' | 'bottom' | 'top', number>>,
): Scales {
  const nodes = all.map((place) => place.nodes);
  const first = Math.min(...nodes);
  const last = Math.max(...nodes);
  const domain = [Math.min(...all.map(({ low }) => low)) * 0.8, Math.max(...all.map(({ high }) => high)) * 1.25];
  const [least = 0, most = 0] = domain;
  const within = ROUND.filter((seconds) => seconds >= least && seconds <= most);
  const every = Math.ceil(within.length / MOST_TICKS);
  const x = scaleLog([first, last > first ? last : first * 2], [left, right]);
  const y = scaleLog(domain, [bottom, top]);
  return {
    x: (count) => x(count),
    y: (seconds) => y(seconds),
    ticks: within
      .filter((_, index) => index % every === 0)
      .map((seconds) => ({ seconds, label: formatSeconds(seconds) })),
  };
}
