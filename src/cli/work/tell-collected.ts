import { failure, type Result, success } from '#base';
import type { Report } from '#schema';
import { COULD_NOT, type Context, printFailure } from '../command.ts';
import { FACES, type Face } from '../face-names.ts';
import { checkOwn } from '../files/index.ts';
import { type JudgeOptions, judge, writeFaces } from './audit-recordings.ts';
import { type Collected, type Collection, collect, signalStatus } from './collect.ts';
import { renderFace } from './faces.ts';

export interface RunOptions extends JudgeOptions {
  readonly passthrough?: boolean;
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
function endWithout({ mode, options }: Work, { status }: Collected): Result<number> {
  if (options.passthrough || (status === 0 && mode === 'audit')) return success(status);
  if (status === COULD_NOT) return success(COULD_NOT);
  return failure({
    code: 'cli/no-recording',
    message: `the collector ended with status ${status} and left no recording`,
    hint: 'Report this to the makers of pharos with the command.',
  });
}

/** Writes what the recordings say, beside them and on stderr. */
async function tell(collected: Collected, faces: readonly Face[], work: Work, { terminal, folder }: Context) {
  const { files, interrupted } = collected;
  const { stem, options } = work;
  const report = await work.examine(files);
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

export interface Work extends Pick<Collection, 'mode' | 'stem' | 'command'> {
  /** Of the collector, in its own words. */
  readonly collectorOptions: readonly string[];
  readonly options: RunOptions;
  examine(files: readonly string[]): Promise<Result<Report>>;
}

/** Runs the command once, observed: stdout belongs to it, the report follows on stderr. */
export async function tellCollected(work: Work, context: Context): Promise<Result<number>> {
  const { mode, stem, command, options } = work;
  const faces = chooseFaces(options.as);
  const checked = checkFiles(stem, faces);
  if (!checked.ok) return checked;
  const collected = await collect({ mode, stem, command, options: work.collectorOptions }, context);
  if (!collected.ok) return collected;
  if (collected.value.files.length === 0) return endWithout(work, collected.value);
  const told = await tell(collected.value, faces, work, context);
  if (!options.passthrough) return told;
  // The command's own status was asked for, whatever became of the report.
  if (!told.ok) printFailure(told.failure, context.terminal);
  return success(collected.value.status);
}
