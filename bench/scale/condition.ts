// What two measured sizes say about the possible worlds: each world is weighed by how well it tells them, and what the
// worlds tell of the other sizes is read with these weights. Bayes' rule, by importance sampling.

/**
 * Runs of one start on one system differ: the spread of the logarithm between two runs is 0.11 on a system without
 * other users (59 pairs, github.com/wresch/python_import_problem) and 0.1 to 0.2 on one with them (five runs each,
 * github.com/carstenbauer/julia-mpi-fsbench). Tails are heavy: Student's distribution.
 */
const SCATTER = 0.15;
const FREEDOM = 4;

export interface Measured {
  readonly nodes: number;
  readonly seconds: number;
}

/** How likely these times are where `told` is true, up to a factor. */
export function likelihood(fitted: readonly Measured[], told: (nodes: number) => number): number {
  return fitted.reduce((product, { nodes, seconds }) => {
    const off = Math.log(seconds / told(nodes)) / SCATTER;
    return product * (1 + (off * off) / FREEDOM) ** (-(FREEDOM + 1) / 2);
  }, 1);
}

const RUNS = 21;

/** The value that Student's distribution with four degrees of freedom lies below in this share: closed form (Shaw, Journal of Computational Finance 9(4), 2006). */
function studentQuantile(share: number): number {
  const root = Math.sqrt(4 * share * (1 - share));
  return Math.sign(share - 0.5) * 2 * Math.sqrt(Math.max(0, Math.cos(Math.acos(root) / 3) / root - 1));
}

const QUANTILES = Array.from({ length: RUNS }, (_, index) => studentQuantile((index + 0.5) / RUNS));

/** Equally likely times of one more run of what takes so long. */
const runsOf = (seconds: number) => QUANTILES.map((value) => seconds * Math.exp(SCATTER * value));

export interface Weighed {
  readonly value: number;
  readonly weight: number;
}

/** Values that these shares of the weight lie below. */
export function weightedQuantiles(values: readonly Weighed[], shares: readonly number[]): number[] {
  const sorted = values.filter(({ weight }) => weight > 0).toSorted((a, b) => a.value - b.value);
  const total = sorted.reduce((all, { weight }) => all + weight, 0);
  return shares.map((share) => {
    let below = 0;
    for (const { value, weight } of sorted) {
      below += weight;
      if (below >= share * total) return value;
    }
    return sorted.at(-1)?.value ?? Number.NaN;
  });
}

/** 5 %, median and 95 % of what one more run would measure. */
export function predicted(values: readonly Weighed[]): { low: number; likely: number; high: number } {
  const runs = values
    .filter(({ weight }) => weight > 0)
    .flatMap(({ value, weight }) => runsOf(value).map((run) => ({ value: run, weight })));
  const [low = Number.NaN, likely = Number.NaN, high = Number.NaN] = weightedQuantiles(runs, [0.05, 0.5, 0.95]);
  return { low, likely, high };
}

/** As many equally weighed worlds would say as much. */
export function effectiveNumber(weights: readonly number[]): number {
  const sum = weights.reduce((all, one) => all + one, 0);
  return sum ** 2 / weights.reduce((all, one) => all + one * one, 0);
}
