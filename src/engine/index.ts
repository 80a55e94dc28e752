export { examine, type Question } from './examine.ts';
export { examineScale, type ScaleQuestion } from './start/examine-scale.ts';
export type { Scale } from './start/target.ts';
