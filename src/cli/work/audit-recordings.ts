import { failure, type Result, success } from '#base';
import { type EnvironmentQuestion, examine, type Question } from '#engine';
import type { Recording, Report } from '#schema';
import type { Context } from '../command.ts';
import { FACES, type Face } from '../face-names.ts';
import { isOfStep, nameJob, placeStem, readRecordings, writeOwn } from '../files/index.ts';
import { renderFace } from './faces.ts';
import { type QuestionOptions, reaches, readQuestion, type Severity } from './question.ts';

export interface JudgeOptions extends QuestionOptions {
  readonly as?: Face;
  readonly out?: string;
  readonly failOn?: Severity;
}

/** `readEnvironment`: of a job that just ran here. */
export async function examineFiles(
  files: readonly string[],
  question: Question,
  readEnvironment?: (recording: Recording) => Promise<EnvironmentQuestion | undefined>,
): Promise<Result<Report>> {
  const recordings = await readRecordings(files);
  if (!recordings.ok) return recordings;
  if (recordings.value.every(isOfStep)) {
    return failure({
      code: 'cli/other-recording',
      message: `${files[0]} is of a job step that the doctor looked at, not of a start`,
      hint: `Run pharos doctor ${files.length > 1 ? 'with these files' : files[0]}.`,
    });
  }
  const environment = await readEnvironment?.(recordings.value[0]);
  return examine(recordings.value, { ...question, ...(environment && { environment }) });
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

export function judge(report: Pick<Report, 'categories'>, { failOn }: JudgeOptions): number {
  return failOn !== undefined && reaches(report, failOn) ? 1 : 0;
}

const COMMAND_HINT = 'To audit a command put -- before it, as in: pharos audit -- python3 app.py.';

/** Looks like a command whose `--` was forgotten. */
export const isCommand = ([first = '', second]: readonly string[]) =>
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
  return show(report.value, nameJob([report.value.job.script]), options, { terminal, folder });
}

/** Prints the report on stdout, and writes it where `--out` names a place. */
export function show(
  report: Report,
  name: string,
  options: JudgeOptions,
  { terminal, folder }: Pick<Context, 'terminal' | 'folder'>,
): Result<number> {
  if (options.out !== undefined) {
    const written = writeFaces(report, placeStem(options.out, name), ['json', 'html'], folder);
    if (!written.ok) return written;
  }
  terminal.out.print(renderFace(options.as ?? 'text', report, { folder, colour: terminal.out.colour }));
  return success(judge(report, options));
}
