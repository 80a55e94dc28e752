import { type Interval, randomNumbers } from '#base';

// Possible worlds: each draw gives every figure one place in its range. The draws are the same in every run and for every
// question, so that two starts are compared in the same worlds (docs/concepts/scale.md).

/** Enough that 5 % and 95 % are each made of six worlds; an audit solves the network some hundred times in each. */
export const DRAWS = 128;

const polynomial = (coefficients: readonly number[], at: number) =>
  coefficients.reduce((sum, one) => sum * at + one, 0);

/** Acklam's rational approximation of the normal distribution's quantile, relative error below 1.2e-9. */
function normalQuantile(share: number): number {
  if (share > 0.5) return -normalQuantile(1 - share);
  const low = 0.02425;
  if (share < low) {
    const q = Math.sqrt(-2 * Math.log(share));
    const above = polynomial(
      [-7.784894002430293e-3, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968],
      q,
    );
    const below = polynomial([7.784695709041462e-3, 0.3224671290700398, 2.445134137142996, 3.754408661907416], q);
    return (above * q + 2.938163982698783) / (below * q + 1);
  }
  const q = share - 0.5;
  const r = q * q;
  const above = polynomial(
    [
      -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
      2.506628277459239,
    ],
    r,
  );
  const below = polynomial(
    [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1],
    r,
  );
  return (q * above) / below;
}

/** The ends of a range are 5 % and 95 %. */
const END = normalQuantile(0.95);

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const letter of text) value = Math.imul(value ^ (letter.codePointAt(0) ?? 0), 0x01000193);
  return value >>> 0;
}

const places = new Map<string, readonly number[]>();

/** Latin hypercube: each of DRAWS equal parts of the distribution is met once, in an order of the figure's own. */
function placesOf(figure: string): readonly number[] {
  const known = places.get(figure);
  if (known) return known;
  const random = randomNumbers(hash(figure));
  const order = Array.from({ length: DRAWS }, (_, index) => normalQuantile((index + 0.5) / DRAWS));
  for (let last = DRAWS - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other] ?? 0, order[last] ?? 0];
  }
  places.set(figure, order);
  return order;
}

/** One world in twenty lies above a range, but none lies this far. */
const MOST_BEYOND = 10;

/** Two halves of log-normal distributions that meet at the median; straight where a logarithm would need more than 0. */
function valueAt({ low, likely, high }: Interval, place: number): number {
  const [end, share] = place < 0 ? [low, -place / END] : [high, place / END];
  const value = end > 0 && likely > 0 ? likely * (end / likely) ** share : likely + (end - likely) * share;
  return Math.min(Math.max(0, value), MOST_BEYOND * high);
}

/** Values of one figure in each of the possible worlds. What is drawn under one name goes together. */
export function drawn(figure: string, range: Interval): readonly number[] {
  if (range.low === range.high) return new Array<number>(DRAWS).fill(range.likely);
  return placesOf(figure).map((place) => valueAt(range, place));
}

/** The value that this share of the samples lies below. */
function quantile(sorted: readonly number[], share: number): number {
  const at = share * (sorted.length - 1);
  const below = sorted[Math.floor(at)] ?? 0;
  const above = sorted[Math.ceil(at)] ?? below;
  return below + (above - below) * (at - Math.floor(at));
}

/** 5 %, median and 95 %. */
export function intervalOf(samples: readonly number[]): Interval {
  const sorted = samples.toSorted((a, b) => a - b);
  return { low: quantile(sorted, 0.05), likely: quantile(sorted, 0.5), high: quantile(sorted, 0.95) };
}
