import { failure, type Result } from '#base';
import type { Recording, Report } from '#schema';
import type { Question } from './question.ts';
import { examineStart } from './start/examine-start.ts';
import { examineStep } from './step/examine-step.ts';

const isOfStep = ({ facts }: Recording): boolean => facts.step.length > 0;

/** From the recordings of one job to what they mean: of a start one for each observed rank, lowest first; of a step one for each node. */
export function examine(recordings: readonly [Recording, ...Recording[]], question: Question): Result<Report> {
  const ofSteps = recordings.filter(isOfStep);
  if (ofSteps.length === recordings.length) return examineStep(recordings, question.allowed);
  if (ofSteps.length > 0) {
    return failure({
      code: 'engine/mixed-recordings',
      message: `${ofSteps.length} of ${recordings.length} recordings are of a step that the doctor looked at, the others of a start`,
      hint: 'Give one kind at a time.',
    });
  }
  return examineStart(recordings, question);
}
