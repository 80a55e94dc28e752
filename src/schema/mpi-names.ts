import type { MpiFamily } from './recording/step-facts.ts';

/** What people call each family. */
export const MPI_NAMES: Readonly<Record<MpiFamily, string>> = {
  openmpi: 'Open MPI',
  mpich: 'MPICH',
  intel: 'Intel MPI',
  cray: 'Cray MPICH',
  mvapich: 'MVAPICH',
  'standard-abi': 'MPI of the standard ABI',
  unknown: 'unknown MPI',
};
