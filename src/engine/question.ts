import type { EnvironmentQuestion } from './packaging.ts';
import type { Scale } from './start/target.ts';

export interface Question {
  readonly scale: Scale;
  /** Ids of audits whose findings the user allows, with the reason. */
  readonly allowed: ReadonlyMap<string, string>;
  /** Where it was read, packaging is judged too. */
  readonly environment?: EnvironmentQuestion;
}
