export { type EnvironmentFacts, examineEnvironment } from './environment/examine-environment.ts';
export { examine, type Question } from './examine.ts';
export { examineScale, type ScaleQuestion } from './start/examine-scale.ts';
export { examineStaging } from './start/examine-staging.ts';
export type { Scale } from './start/target.ts';
