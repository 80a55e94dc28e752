import { effectiveNumber, likelihood, type Measured, predicted, type Weighed, weightedQuantiles } from './condition.ts';

// Some sizes of a start are fitted, all are told.

/** Jobs that together carry less of the weight than this are not solved at the other sizes. */
const NEGLIGIBLE = 5e-3;
const GROWN = 1.5;
/** Times in all worlds of one job that the publication allows. */
export type Curve = (nodes: number) => readonly number[];

export interface Row extends Measured {
  readonly fitted: boolean;
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

export interface Prediction {
  readonly rows: readonly Row[];
  readonly onset: { readonly low: number; readonly high: number };
  /** So many equally weighed worlds would say as much. */
  readonly worlds: number;
}

/** The first size from which on the start takes half as long again as the shortest. */
export function onsetOf(curve: readonly Measured[]): number {
  const least = Math.min(...curve.map(({ seconds }) => seconds));
  const short = curve.findLastIndex(({ seconds }) => seconds < GROWN * least);
  return curve[short + 1]?.nodes ?? Number.POSITIVE_INFINITY;
}

function weigh(curves: readonly Curve[], fitted: readonly Measured[], first: number) {
  const weighed = curves.map((curve) => {
    const weights = curve(first).map((_, world) => likelihood(fitted, (size) => curve(size)[world] ?? Number.NaN));
    return { curve, weights, weight: weights.reduce((all, one) => all + one, 0) };
  });
  const total = weighed.reduce((all, { weight }) => all + weight, 0);
  let left = total;
  return weighed
    .toSorted((a, b) => b.weight - a.weight)
    .filter(({ weight }) => {
      const keep = left > NEGLIGIBLE * total;
      left -= weight;
      return keep;
    });
}

export function predict(
  measured: readonly Measured[],
  curves: readonly Curve[],
  fitted: readonly Measured[],
): Prediction {
  const kept = weigh(curves, fitted, (fitted[0] ?? measured[0])?.nodes ?? 1);
  const told = measured.map(({ nodes }): Weighed[] =>
    kept.flatMap(({ curve, weights }) => curve(nodes).map((value, world) => ({ value, weight: weights[world] ?? 0 }))),
  );
  const rows = measured.map((row, index) => ({
    ...row,
    ...predicted(told[index] ?? []),
    fitted: fitted.includes(row),
  }));
  const onsets = (told[0] ?? []).map(({ weight }, world) => ({
    value: onsetOf(measured.map(({ nodes }, index) => ({ nodes, seconds: told[index]?.[world]?.value ?? 0 }))),
    weight,
  }));
  const [low = 0, high = 0] = weightedQuantiles(onsets, [0.05, 0.95]);
  return { rows, onset: { low, high }, worlds: effectiveNumber(kept.flatMap(({ weights }) => weights)) };
}
