import { countCpus, parseCpuList } from '#base';
import type { Artifacts } from '#schema';

// Imports after which a rank may run on fewer CPUs than it was given, and what did it.

type Change = Artifacts['placement']['maskChanges'][number]['value'][number];

/** Variables that make an OpenMP runtime bind the thread that loads it, when it is loaded. `OMP_PROC_BIND=false` wins.
 * https://gcc.gnu.org/onlinedocs/libgomp/Environment-Variables.html; KMP_AFFINITY is Intel's and LLVM's. */
const BINDING = ['OMP_PROC_BIND', 'OMP_PLACES', 'GOMP_CPU_AFFINITY', 'KMP_AFFINITY'] as const;
const UNBOUND = /^(false|none|disabled|(.*,)?(none|disabled)(,.*)?)$/i;

const OPENMP = /\blib(gomp|iomp5|omp)\b[^/]*$/;
const MPI = /\blib(mpi|mpich|mpi_\w+|mpifort)\b[^/]*$/;

/** `NAME=value` of the variables that ask for binding. */
export function bindingVariables(values: Readonly<Record<string, string>> | undefined): string[] {
  if (!values || /^false$/i.test(values.OMP_PROC_BIND ?? '')) return [];
  return BINDING.flatMap((name) => {
    const value = values[name];
    return value === undefined || UNBOUND.test(value) ? [] : [`${name}=${value}`];
  });
}

export const shrinks = ({ before, after }: Change): boolean =>
  countCpus(parseCpuList(after)) < countCpus(parseCpuList(before));

/** An MPI library that pins its ranks does what a launcher would; an OpenMP runtime takes the CPUs from all that follows.
 * The libraries are all that were mapped since the last change, so that MPI's import is told by its name first. */
export function binderOf({ module, libraries }: Change, variables: readonly string[]): 'mpi' | 'openmp' | 'unknown' {
  if (/^mpi4py(\.|$)/.test(module)) return 'mpi';
  const hasOpenmp = libraries.some((path) => OPENMP.test(path));
  if (hasOpenmp && variables.length > 0) return 'openmp';
  if (libraries.some((path) => MPI.test(path))) return 'mpi';
  return hasOpenmp || variables.length > 0 ? 'openmp' : 'unknown';
}

/** The OpenMP runtime among the libraries, by the name of its file. */
export function openmpOf(libraries: readonly string[]): string | undefined {
  const path = libraries.find((library) => OPENMP.test(library));
  return path?.slice(path.lastIndexOf('/') + 1);
}
