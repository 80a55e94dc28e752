export { planPackages } from './packages/plan-packages.ts';
export type { LibraryNeeds, MpiNeeds, PartitionNeeds, SiteNeeds } from './packages/site-needs.ts';
export type { Choice } from './packages/target.ts';
export type { Wanted } from './packages/wanted.ts';
