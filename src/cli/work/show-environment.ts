import { failure, type Result, success } from '#base';
import { examineEnvironment } from '#engine';
import { printJson, renderEnvironmentText } from '#report';
import type { Context } from '../command.ts';
import { checkOwn, writeOwn } from '../files/index.ts';
import { type JudgeOptions, judge } from './audit-recordings.ts';
import { findEnvironment, readFacts } from './find-environment.ts';
import { readQuestion } from './question.ts';

export interface EnvironmentOptions extends JudgeOptions {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly out?: string;
}

const EVERY = 100_000;

const NO_PLACE = failure({
  code: 'cli/usage',
  message: 'no environment is named, and none is active',
  hint: 'Name its folder, as in: pharos env .venv.',
});

/** `pharos env PLACE`: the page on stdout; the whole inventory as JSON where it is asked for. */
export async function showEnvironment(
  named: string | undefined,
  options: EnvironmentOptions,
  { terminal, environment }: Context,
): Promise<Result<number>> {
  const question = readQuestion(options);
  if (!question.ok) return question;
  const place = named ?? environment.VIRTUAL_ENV ?? environment.CONDA_PREFIX;
  if (place === undefined) return NO_PLACE;
  const own = options.out === undefined ? success('') : checkOwn(options.out);
  if (!own.ok) return own;
  const found = await findEnvironment(place, environment);
  if (!found.ok) return found;
  const report = examineEnvironment(await readFacts(found.value), question.value.allowed);
  const written = options.out === undefined ? success('') : writeOwn(options.out, printJson(report));
  if (!written.ok) return written;
  const { colour } = terminal.out;
  const most = options.all ? { most: EVERY } : {};
  terminal.out.print(options.json ? printJson(report) : renderEnvironmentText(report, { colour, ...most }));
  return success(judge(report, options));
}
