import type { Result } from '#base';
import type { Context } from '../command.ts';
import { nameJob, placeStem } from '../files/index.ts';
import { examineFiles } from './audit-recordings.ts';
import { readJobEnvironment } from './job-environment.ts';
import { readQuestion } from './question.ts';
import { type RunOptions, tellCollected } from './tell-collected.ts';

export interface CommandOptions extends RunOptions {
  readonly process?: number;
  readonly ranks?: string;
  readonly kernel?: string;
  readonly trace?: 'job';
  readonly replay?: boolean;
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

/** `pharos audit -- CMD`. */
export async function auditCommand(
  command: readonly string[],
  options: CommandOptions,
  context: Context,
): Promise<Result<number>> {
  const question = readQuestion(options);
  if (!question.ok) return question;
  const work = {
    mode: 'audit',
    stem: placeStem(options.out, options.kernel ?? nameJob(command)),
    command,
    collectorOptions: collectorOptions(options),
    options,
    examine: (files: readonly string[]) =>
      examineFiles(files, question.value, (recording) => readJobEnvironment(recording, context.environment)),
  } as const;
  return tellCollected(work, context);
}
