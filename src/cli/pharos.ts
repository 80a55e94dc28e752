// The entry of the command line: the one place that catches what is thrown, and that ends the process.
import { dirname } from 'node:path';
import { CommanderError } from 'commander';
import { COULD_NOT, type Context, printFailure } from './command.ts';
import { buildProgram } from './program.ts';
import { localTerminal } from './terminal.ts';

const context: Context = {
  terminal: localTerminal(process),
  // This file is built as dist/pharos.mjs.
  folder: dirname(import.meta.dirname),
  environment: process.env,
  end: (status) => {
    process.exitCode = status;
  },
};

/** Commander says `error: unknown option '--x'`. */
function usageFailure({ message }: CommanderError) {
  return {
    code: 'cli/usage',
    message: message.replace(/^error: /, '').replace(/\.$/, ''),
    hint: 'Run pharos --help, or pharos COMMAND --help.',
  } as const;
}

try {
  await buildProgram(context).parseAsync(process.argv);
} catch (thrown) {
  if (thrown instanceof CommanderError) {
    if (thrown.exitCode !== 0) printFailure(usageFailure(thrown), context.terminal);
    context.end(thrown.exitCode === 0 ? 0 : COULD_NOT);
  } else {
    const detail = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    printFailure(
      {
        code: 'cli/internal',
        message: `pharos itself failed: ${detail}`,
        hint: 'Report this with the command and, where you can share it, the recording.',
      },
      context.terminal,
    );
    context.end(COULD_NOT);
  }
}
