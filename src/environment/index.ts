export type { Surroundings } from './find-sites.ts';
export { type EnvironmentQuestion, readEnvironment } from './read-environment.ts';
export { type Linker, readLinkage } from './read-linkage.ts';
