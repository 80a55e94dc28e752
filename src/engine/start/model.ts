import { failure, type Result, success } from '#base';
import { START, type StartModel, startModel } from '#scale';
import { attempt } from '../attempt.ts';
import { type Gathered, pick } from '../gathered.ts';

/** The model of the start, where the artifacts that it stands on are there. */
export function makeModel(gathered: Gathered): Result<StartModel> {
  const needs = pick(gathered, START);
  if (!needs.ok) return failure(needs.failure);
  return attempt('the start model', () => success(startModel(needs.value)));
}
