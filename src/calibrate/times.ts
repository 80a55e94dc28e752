import { sum } from '#base';
import type { Calibration, CalibrationPhase } from '#schema';

type Call = CalibrationPhase['series'][number]['call'];

/** The times of one call at one touch, in the order they were taken, without what measuring takes. Microseconds. */
export interface Timed {
  readonly call: Call;
  readonly touch: number;
  /** Since the touch before. */
  readonly afterSeconds: number;
  readonly foreign: boolean;
  readonly microseconds: readonly number[];
  readonly bytes: number;
}

/** What one call took while `customers` made it at the same time. */
export interface Crowd {
  readonly call: Call;
  readonly customers: number;
  readonly processes: number;
  readonly microseconds: number;
  readonly calls: number;
  /** Share of the node's processors that were busy; absent where nobody looked. */
  readonly busy?: number;
  /** Of the smallest node. */
  readonly processors?: number;
}

/** What one call costs on average over a start. `low` and `high`: nine in ten starts. */
export interface MeanTime {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
  readonly median: number;
  readonly calls: number;
}

export function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values, (value) => value) / values.length;
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const above = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? above : ((sorted[middle - 1] ?? above) + above) / 2;
}

function varianceOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return values.length < 2 ? 0 : sum(values, (value) => (value - mean) ** 2) / (values.length - 1);
}

const BLOCKS = 10;
const LEAST_IN_BLOCK = 4;
/** A call that took longer is a stall, of this node's processors as well as of a server. It counts, but few must not be the mean of forty. */
const STALL = 5;

function blocksOf(values: readonly number[]): number[][] {
  const count = Math.max(1, Math.min(BLOCKS, Math.floor(values.length / LEAST_IN_BLOCK)));
  return Array.from({ length: count }, (_, block) =>
    values.slice(Math.floor((block * values.length) / count), Math.floor(((block + 1) * values.length) / count)),
  );
}

/** 95 % of Student's distribution, good to 1 % from three degrees of freedom on. */
const studentAt95 = (freedom: number) => 1.645 * (1 + 1.2 / Math.max(1, freedom));

/**
 * A start makes thousands of calls: it feels their mean, not the spread of single ones. What remains uncertain is how
 * well the mean is known, and how it moves with the load of others: of that the means of successive blocks tell, beyond
 * what chance lets them differ. Where stalls lift the mean above the median, a calm start takes the median.
 */
export function meanTime(values: readonly number[]): MeanTime {
  const median = medianOf(values);
  const capped = values.map((value) => Math.min(value, STALL * median));
  const mean = meanOf(capped);
  const blocks = blocksOf(capped);
  const noise = varianceOf(capped);
  const within = noise / (capped.length / blocks.length || 1);
  const between = Math.max(0, varianceOf(blocks.map(meanOf)) - within);
  const deviation = Math.sqrt(between * (1 + 1 / blocks.length) + noise / Math.max(1, capped.length));
  const reach = deviation * studentAt95(blocks.length - 1);
  return {
    low: Math.max(Math.min(mean, median) / 4, Math.min(median, mean - reach)),
    likely: mean,
    high: Math.max(mean + reach, meanOf(values)),
    median,
    calls: values.length,
  };
}

const isPolite = ({ throttle, processes, nodes }: CalibrationPhase) =>
  throttle !== undefined || processes * nodes === 1;

/** Series of the same call and touch from all files, where nobody else of ours was there. */
export function listTimed(calibrations: readonly Calibration[]): Timed[] {
  const found = new Map<string, Timed & { readonly microseconds: number[] }>();
  for (const { phases, overheadMicroseconds } of calibrations) {
    const polite = phases.filter(isPolite);
    // What is made one after the other without a pause is told apart in `listCrowds`.
    const throttled = polite.filter(({ throttle }) => throttle !== undefined);
    for (const { series } of throttled.length > 0 ? throttled : polite) {
      for (const { call, touch, afterSeconds = 0, foreign = false, microseconds, bytes = 0 } of series) {
        const key = `${call} ${touch} ${foreign}`;
        const timed = found.get(key) ?? { call, touch, afterSeconds, foreign, microseconds: [], bytes };
        for (const time of microseconds) timed.microseconds.push(Math.max(0, time - overheadMicroseconds));
        found.set(key, timed);
      }
    }
  }
  return [...found.values()].filter(({ microseconds }) => microseconds.length > 0);
}

interface Stretch extends Omit<Crowd, 'microseconds' | 'calls'> {
  readonly times: readonly number[];
}

const isAlone = ({ throttle, series }: CalibrationPhase) => throttle === undefined && series.length === 1;

/** Stretches without a throttle that made one call only: under load, a mixture would tell no class. */
function stretchesOf({ phases, overheadMicroseconds, processors }: Calibration): Stretch[] {
  return phases.filter(isAlone).flatMap(({ processes, nodes, series, busy }) =>
    series.map(({ call, microseconds }) => ({
      call,
      processes,
      customers: processes * nodes,
      ...(busy === undefined ? {} : { busy }),
      ...(processors === undefined ? {} : { processors }),
      times: microseconds.map((time) => Math.max(0, time - overheadMicroseconds)),
    })),
  );
}

/** What calls took by how many made them. Times of all nodes count together; the busiest one speaks for all. */
export function listCrowds(calibrations: readonly Calibration[]): Crowd[] {
  const alike = Map.groupBy(
    calibrations.flatMap(stretchesOf).filter(({ times }) => times.length > 0),
    ({ call, processes, customers }) => `${call} ${processes} ${customers}`,
  );
  return [...alike.values()].flatMap((stretches) => {
    const [first] = stretches;
    if (!first) return [];
    const { call, processes, customers } = first;
    const times = stretches.flatMap((stretch) => stretch.times);
    const busy = stretches.flatMap((stretch) => stretch.busy ?? []);
    const processors = stretches.flatMap((stretch) => stretch.processors ?? []);
    const node = {
      ...(busy.length > 0 ? { busy: Math.max(...busy) } : {}),
      ...(processors.length > 0 ? { processors: Math.min(...processors) } : {}),
    };
    return [{ call, processes, customers, microseconds: meanOf(times), calls: times.length, ...node }];
  });
}
