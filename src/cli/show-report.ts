import { type Result, success } from '#base';
import { examine } from '#engine';
import type { Report } from '#schema';
import type { Context } from './command.ts';
import type { Face } from './face-names.ts';
import { renderFace } from './faces.ts';
import { type QuestionOptions, readQuestion } from './question.ts';
import { type Input, readInput } from './read-input.ts';

/** The report itself, or that of a recording at this scale. */
export function reportOf(input: Input, options: QuestionOptions = {}): Result<Report> {
  if (input.kind === 'report') return success(input.report);
  const question = readQuestion(options);
  return question.ok ? examine([input.recording], question.value) : question;
}

/** `pharos report FILE --as FACE`, on stdout. */
export async function showReport(file: string, face: Face, { terminal }: Context): Promise<Result<number>> {
  const input = await readInput(file);
  if (!input.ok) return input;
  const report = reportOf(input.value);
  if (!report.ok) return report;
  terminal.out.print(renderFace(face, report.value, terminal.out.colour));
  return success(0);
}
