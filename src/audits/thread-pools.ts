import type { Artifacts } from '#schema';

// Pools of threads that the libraries of one process keep. Several are there at once; they rarely work at once, since
// one calls the other or each is called in turn: the largest is what a rank runs.

export type Pool = Artifacts['threads']['pools'][number]['value'][number];

/** Threads that wait for files or hand out work: they take no CPU from others. */
const WAITING = /\b(i\/?o|inter-?op)\b/i;

/** The variable that sets the size, by runtime: https://github.com/joblib/threadpoolctl, https://numba.readthedocs.io
 * (NUMBA_NUM_THREADS), https://docs.pola.rs (POLARS_MAX_THREADS), https://arrow.apache.org/docs (OMP_NUM_THREADS for
 * the CPU pool), https://docs.pytorch.org (OMP_NUM_THREADS). */
const VARIABLES: readonly (readonly [RegExp, string])[] = [
  [/openblas/i, 'OPENBLAS_NUM_THREADS'],
  [/mkl/i, 'MKL_NUM_THREADS'],
  [/blis/i, 'BLIS_NUM_THREADS'],
  [/numba/i, 'NUMBA_NUM_THREADS'],
  [/polars/i, 'POLARS_MAX_THREADS'],
  [/numexpr/i, 'NUMEXPR_NUM_THREADS'],
  [/rayon/i, 'RAYON_NUM_THREADS'],
  [/gomp|iomp|libomp|openmp|arrow|torch/i, 'OMP_NUM_THREADS'],
];

/** Nothing where the runtime listens to no variable that we know. */
export function variableOf({ runtime, variable }: Pool): string | undefined {
  return variable && /^[A-Z][A-Z0-9_]{0,63}$/.test(variable)
    ? variable
    : VARIABLES.find(([pattern]) => pattern.test(runtime))?.[1];
}

/** The pool that runs the most threads at once, of those that work. */
export function largestPool(pools: readonly Pool[] | undefined): Pool | undefined {
  return (pools ?? [])
    .filter(({ runtime }) => !WAITING.test(runtime))
    .reduce<Pool | undefined>((most, pool) => (pool.threads > (most?.threads ?? 0) ? pool : most), undefined);
}
