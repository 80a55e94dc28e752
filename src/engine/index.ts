export { examineEnvironment } from './environment/examine-environment.ts';
export { examine } from './examine.ts';
export type { EnvironmentFacts, EnvironmentQuestion } from './packaging.ts';
export type { Question } from './question.ts';
export { examineScale, type ScaleQuestion } from './start/examine-scale.ts';
export { examineStaging } from './start/examine-staging.ts';
export type { Scale } from './start/target.ts';
