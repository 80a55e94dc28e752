export { examine, type Question } from './examine.ts';
export type { Scale } from './start/target.ts';
