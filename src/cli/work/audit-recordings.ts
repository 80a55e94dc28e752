import { failure, type Result, success } from '#base';
import { examine, type Question } from '#engine';
import type { Report } from '#schema';
import type { Context } from '../command.ts';
import { FACES, type Face } from '../face-names.ts';
import { nameJob, placeStem, readRecordings, writeOwn } from '../files/index.ts';
import { renderFace } from './faces.ts';
import { type QuestionOptions, reaches, readQuestion, type Severity } from './question.ts';

export interface JudgeOptions extends QuestionOptions {
  readonly as?: Face;
  readonly out?: string;
  readonly failOn?: Severity;
}

export async function examineFiles(files: readonly string[], question: Question): Promise<Result<Report>> {
  const recordings = await readRecordings(files);
  return recordings.ok ? examine(recordings.value, question) : recordings;
}

/** Writes the report beside the recording, once for each face. */
export function writeFaces(report: Report, stem: string, faces: readonly Face[], folder: string): Result<string[]> {
  const written: string[] = [];
  for (const face of faces) {
    const file = writeOwn(`${stem}.${FACES[face]}`, renderFace(face, report, { folder }));
    if (!file.ok) return file;
    written.push(file.value);
  }
  return success(written);
}

export function judge(report: Report, { failOn }: JudgeOptions): number {
  return failOn !== undefined && reaches(report, failOn) ? 1 : 0;
}

const COMMAND_HINT = 'To audit a command put -- before it, as in: pharos audit -- python3 app.py.';

/** Looks like a command whose `--` was forgotten. */
const isCommand = ([first = '', second]: readonly string[]) =>
  !/\.(pharos|json)$/.test(first) &&
  (second !== undefined || /(^|\/)(python|mpirun|srun|sh|bash)|\.(py|sh)$/.test(first));

/** `pharos audit FILE…`: the report on stdout; files only where `--out` names a place. */
export async function auditRecordings(
  files: readonly string[],
  options: JudgeOptions,
  { terminal, folder }: Context,
): Promise<Result<number>> {
  const question = readQuestion(options);
  if (!question.ok) return question;
  const report = await examineFiles(files, question.value);
  if (!report.ok) return isCommand(files) ? failure({ ...report.failure, hint: COMMAND_HINT }) : report;
  if (options.out !== undefined) {
    const stem = placeStem(options.out, nameJob([report.value.job.script]));
    const written = writeFaces(report.value, stem, ['json', 'html'], folder);
    if (!written.ok) return written;
  }
  terminal.out.print(renderFace(options.as ?? 'text', report.value, { folder, colour: terminal.out.colour }));
  return success(judge(report.value, options));
}
