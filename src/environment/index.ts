export { explainLibrary } from './explain-library.ts';
export type { Surroundings } from './find-sites.ts';
export { libraryName } from './library-name.ts';
export { listMpiPrefixes } from './mpi-candidates.ts';
export { chooseMpi } from './mpi-choice.ts';
export { createMpiProcess } from './mpi-process.ts';
export { type EnvironmentQuestion, readEnvironment, readWheels } from './read-environment.ts';
export { type Linker, readLinkage } from './read-linkage.ts';
export { type ReadObjects, readOnce } from './read-once.ts';
