import { basename } from 'node:path';
import { failure, type Result, success } from '#base';
import { examine, type Question } from '#engine';
import type { Report } from '#schema';
import type { Context } from '../command.ts';
import { nameJob, placeStem, readStepFiles, type StepFiles } from '../files/index.ts';
import { isCommand, show } from './audit-recordings.ts';
import { readQuestion } from './question.ts';
import { type RunOptions, tellCollected } from './tell-collected.ts';

export interface DoctorOptions extends RunOptions {
  readonly seconds?: number;
}

/** Files named before the rest is only counted. */
const MOST_NAMED = 4;

function tellUnreadable(unreadable: StepFiles['unreadable']): Report['unknowns'] {
  const named = unreadable.slice(0, MOST_NAMED).map(({ path, failure: { message, hint } }) => ({
    what: basename(path),
    because: message.startsWith(`${path}: `) ? message.slice(path.length + 2) : message,
    ...(hint === undefined ? {} : { hint }),
  }));
  const more = unreadable.length - named.length;
  return more > 0 ? [...named, { what: `${more} more files`, because: 'they could not be read either' }] : named;
}

/** A file that cannot be read is a node that was not heard. */
function withUnreadable(report: Report, unreadable: StepFiles['unreadable']): Report {
  const { step } = report;
  if (!step || unreadable.length === 0) return report;
  const { expected, seen } = step.nodes;
  const nodes = { seen, expected: Math.max(expected, seen + unreadable.length) };
  return {
    ...report,
    step: { ...step, nodes },
    unknowns: [...tellUnreadable(unreadable), ...report.unknowns],
  };
}

async function examineStepFiles(files: readonly string[], question: Question): Promise<Result<Report>> {
  const read = await readStepFiles(files);
  if (!read.ok) return read;
  const report = examine(read.value.recordings, question);
  return report.ok ? success(withUnreadable(report.value, read.value.unreadable)) : report;
}

/** The doctor's files stand beside those of an audit of the same script: `app-step`; without a script, `step`. */
function nameStep(name: string): string {
  return name === 'job' ? 'step' : `${name}-step`;
}

const COMMAND_HINT =
  "To look at a command put -- before it, as in: pharos doctor -- python3 -c 'import numpy, mpi4py.MPI'.";

/** `pharos doctor FILE…`: the page on stdout; files only where `--out` names a place. */
export async function doctorRecordings(
  files: readonly string[],
  options: DoctorOptions,
  context: Context,
): Promise<Result<number>> {
  const question = readQuestion(options);
  if (!question.ok) return question;
  const report = await examineStepFiles(files, question.value);
  if (!report.ok) return isCommand(files) ? failure({ ...report.failure, hint: COMMAND_HINT }) : report;
  return show(report.value, nameStep(nameJob([report.value.job.script])), options, context);
}

/** `pharos doctor -- CMD`: one rank, here. */
export async function doctorCommand(
  command: readonly string[],
  options: DoctorOptions,
  context: Context,
): Promise<Result<number>> {
  const question = readQuestion(options);
  if (!question.ok) return question;
  const { seconds, passthrough } = options;
  const work = {
    mode: 'doctor',
    stem: placeStem(options.out, nameStep(nameJob(command))),
    command,
    collectorOptions: [
      ...(seconds === undefined ? [] : ['--seconds', String(seconds)]),
      ...(passthrough ? ['--passthrough'] : []),
    ],
    options,
    examine: (files: readonly string[]) => examineStepFiles(files, question.value),
  } as const;
  return tellCollected(work, context);
}
