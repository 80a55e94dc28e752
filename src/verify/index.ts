export { checkImage } from './check-image.ts';
export type { Output } from './compare-outputs.ts';
export type { Machine, Range } from './machine.ts';
export { type Snapshot, snapshotOriginals } from './originals-unchanged.ts';
export { readRun } from './run.ts';
export { type Evidence, type ObservedRun, type Subject, verifyDamaged, verifyRuns } from './verify-runs.ts';
