import type { Command } from 'commander';
import { type Failure, failure, printable, type Result, success } from '#base';
import type { Terminal } from './terminal.ts';

/** What every command is given. `folder` is the root of the installation: `dist/` and `examples/` are below it. */
export interface Context {
  readonly terminal: Terminal;
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
  /** What the user typed after `--`: the command to audit. */
  readonly command: readonly string[];
  /** The exit status of the whole run: 0, 1 something at the threshold, 2 the work could not be done. */
  end(status: number): void;
}

/** A command adds itself to the program; what it needs to run is imported when it runs. */
export type AddCommand = (program: Command, context: Context) => void;

export const COULD_NOT = 2;

export function printFailure({ message, hint }: Failure, { err }: Terminal): void {
  err.print(`error: ${printable(message)}`);
  if (hint) err.print(`hint: ${printable(hint)}`);
}

/** Runs the work of a command, and says why it could not be done. */
export async function settle(context: Context, work: Promise<Result<number>>): Promise<void> {
  const result = await work;
  if (result.ok) return context.end(result.value);
  printFailure(result.failure, context.terminal);
  context.end(COULD_NOT);
}

/** Whether a command that takes recordings or, after `--`, a command was given one of the two only. */
export function checkOneInput(files: readonly string[], { command }: Context): Result<undefined> {
  if (files.length === 0 || command.length === 0) return success(undefined);
  return failure({
    code: 'cli/usage',
    message: `there are files (${files[0]}) and a command after --`,
    hint: 'Give recordings, or a command after --, not both.',
  });
}
