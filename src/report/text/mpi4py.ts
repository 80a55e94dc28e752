import type { Mpi4pyChoice } from '#schema';
import { visible } from '../visible.ts';

/** Which MPI mpi4py would use here, or why its import would fail. */
export function tellMpi4py({ version, library, module = '', via = '', because }: Mpi4pyChoice): string {
  const name = module.slice(module.lastIndexOf('/') + 1);
  const told =
    library === undefined
      ? `cannot be imported here as MPI: ${because ?? ''}`
      : `uses ${library} here (found by: ${via}; its module ${name})`;
  return visible(`mpi4py ${version} ${told}`, 2000);
}
