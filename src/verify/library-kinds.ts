/** What users ask for by name: two providers of one of these in a job, or another one than before, is trouble. */
const KINDS: readonly (readonly [kind: string, name: RegExp])[] = [
  ['MPI', /^lib(mpi|mpich|mpi_abi|mpi_cray|mpi_gnu\w*|mpi_intel|mpi_nvidia|mpi_aocc|mpi_amd)\b(?!_(cxx|mpifh|usempi))/],
  ['BLAS', /^lib(\w*openblas\w*|blas|cblas|blis\w*|flexiblas|mkl_(rt|core)|sci_\w+|armpl\w*|nvpl_blas\w*|[st]atlas)\b/],
  ['OpenMP', /^lib(gomp|omp5?|iomp5|nvomp)\b/],
  ['CUDA', /^lib(cudart|cuda)\b/],
];

/** `MPI`, `BLAS`, `OpenMP` or `CUDA` where the file's name is of one. */
export const libraryKind = (path: string): string | undefined => {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return KINDS.find(([, pattern]) => pattern.test(name))?.[0];
};
