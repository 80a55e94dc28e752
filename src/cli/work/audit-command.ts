import { failure, type Result, success } from '#base';
import type { Question } from '#engine';
import { COULD_NOT, type Context, printFailure } from '../command.ts';
import { FACES, type Face } from '../face-names.ts';
import { checkOwn, nameJob, placeStem } from '../files/index.ts';
import { examineFiles, type JudgeOptions, judge, writeFaces } from './audit-recordings.ts';
import { type Collected, collect, signalStatus } from './collect.ts';
import { renderFace } from './faces.ts';
import { readQuestion } from './question.ts';

export interface CommandOptions extends JudgeOptions {
  readonly process?: number;
  readonly ranks?: string;
  readonly kernel?: string;
  readonly trace?: 'job';
  readonly replay?: boolean;
  readonly passthrough?: boolean;
}

/** Options of the collector, in its own words. */
function collectorOptions({ process, ranks, kernel, trace, replay, passthrough }: CommandOptions): string[] {
  return [
    ...(process === undefined ? [] : ['--process', String(process)]),
    ...(ranks === undefined ? [] : ['--ranks', ranks]),
    ...(kernel === undefined ? [] : ['--kernel', kernel]),
    ...(trace === undefined ? [] : ['--trace', trace]),
    ...(replay === false ? ['--no-replay'] : []),
    ...(passthrough ? ['--passthrough'] : []),
  ];
}

function chooseFaces(asked: Face | undefined): Face[] {
  return asked && asked !== 'text' ? [...new Set<Face>(['json', 'html', asked])] : ['json', 'html'];
}

function checkFiles(stem: string, faces: readonly Face[]): Result<string> {
  for (const end of ['pharos', ...faces.map((face) => FACES[face])]) {
    const file = checkOwn(`${stem}.${end}`);
    if (!file.ok) return file;
  }
  return success(stem);
}

/** No recording: this rank is not observed, or the collector has said why it could not do its work. */
function endWithout({ status }: Collected, passthrough: boolean): Result<number> {
  if (status === 0 || passthrough) return success(status);
  if (status === COULD_NOT) return success(COULD_NOT);
  return failure({
    code: 'cli/no-recording',
    message: `the collector ended with status ${status} and left no recording`,
    hint: 'Report this to the makers of pharos with the command.',
  });
}

/** Writes what the recordings say, beside them and on stderr. */
async function tell(collected: Collected, { stem, faces, question, options }: Telling, { terminal, folder }: Context) {
  const { files, interrupted } = collected;
  const report = await examineFiles(files, question);
  if (!report.ok) return report;
  const written = writeFaces(report.value, stem, faces, folder);
  const { err } = terminal;
  err.print(renderFace('text', report.value, { folder, colour: err.colour }));
  if (!written.ok) return written;
  err.print(`\n${sayWritten([...files, ...written.value])}`);
  return success(interrupted ? signalStatus(interrupted) : judge(report.value, options));
}

const COLUMNS = 80;

/** On one line where it fits. */
function sayWritten(files: readonly string[]): string {
  const line = `wrote ${files.join(', ')}`;
  return line.length <= COLUMNS ? line : `wrote\n${files.map((file) => `  ${file}`).join('\n')}`;
}

interface Telling {
  readonly stem: string;
  readonly faces: readonly Face[];
  readonly question: Question;
  readonly options: CommandOptions;
}

/** `pharos audit -- CMD`: stdout belongs to CMD, the report follows on stderr. */
export async function auditCommand(
  command: readonly string[],
  options: CommandOptions,
  context: Context,
): Promise<Result<number>> {
  const question = readQuestion(options);
  if (!question.ok) return question;
  const faces = chooseFaces(options.as);
  const stem = placeStem(options.out, options.kernel ?? nameJob(command));
  const checked = checkFiles(stem, faces);
  if (!checked.ok) return checked;
  const collected = await collect({ stem, command, options: collectorOptions(options) }, context);
  if (!collected.ok) return collected;
  if (collected.value.files.length === 0) return endWithout(collected.value, options.passthrough === true);
  const told = await tell(collected.value, { stem, faces, question: question.value, options }, context);
  if (!options.passthrough) return told;
  // The command's own status was asked for, whatever became of the report.
  if (!told.ok) printFailure(told.failure, context.terminal);
  return success(collected.value.status);
}
