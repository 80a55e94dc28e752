export { explainLibrary } from './explain-library.ts';
export type { Surroundings } from './find-sites.ts';
export { libraryName, ownerOf } from './names.ts';
export { type EnvironmentQuestion, readEnvironment } from './read-environment.ts';
export { type Linker, readLinkage } from './read-linkage.ts';
