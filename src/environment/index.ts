export { explainLibrary } from './explain-library.ts';
export type { Surroundings } from './find-sites.ts';
export { listMpiPrefixes } from './mpi-candidates.ts';
export { chooseMpi } from './mpi-choice.ts';
export { createMpiProcess } from './mpi-process.ts';
export { libraryName, ownerOf } from './names.ts';
export { type EnvironmentQuestion, readEnvironment } from './read-environment.ts';
export { type Linker, readLinkage } from './read-linkage.ts';
