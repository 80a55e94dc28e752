// The entry of the command line: the one place that catches what is thrown, and that ends the process.
import { dirname } from 'node:path';
import { CommanderError } from 'commander';
import { COULD_NOT, type Context, printFailure } from './command.ts';
import { buildProgram } from './program.ts';
import { localTerminal } from './terminal.ts';

// What comes after `--` is the user's: no option of ours is looked for there.
const [ours, command] = splitArguments(process.argv);

const asksNothing = ours.length <= 2 && command.length === 0;

const context: Context = {
  terminal: localTerminal(process),
  // This file is built as dist/pharos.mjs.
  folder: dirname(import.meta.dirname),
  environment: process.env,
  command,
  end: (status) => {
    process.exitCode = status;
  },
};

function splitArguments(words: readonly string[]): [ours: string[], command: string[]] {
  const at = words.indexOf('--');
  return at < 0 ? [[...words], []] : [words.slice(0, at), words.slice(at + 1)];
}

/** Commander says `error: unknown option '--x'`. */
function usageFailure({ code, message }: CommanderError) {
  const isBare = code === 'commander.help';
  return {
    code: 'cli/usage',
    message: isBare ? 'there is no command of pharos' : message.replace(/^error: /, '').replace(/\.$/, ''),
    hint: isBare ? 'To audit a command run pharos audit -- COMMAND.' : 'Run pharos --help, or pharos COMMAND --help.',
  } as const;
}

try {
  await buildProgram(context).parseAsync(asksNothing ? [...ours, '--help'] : ours);
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
