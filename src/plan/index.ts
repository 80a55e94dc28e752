export { lockName, PLAN_MARK, type Place, type PlannedFile, planFiles, siteStem } from './packages/files/plan-files.ts';
export { writeUvSettings } from './packages/files/uv-settings.ts';
export { planPackages } from './packages/plan-packages.ts';
export type { Choice } from './packages/target.ts';
export { listWanted, type Wanted } from './packages/wanted.ts';
