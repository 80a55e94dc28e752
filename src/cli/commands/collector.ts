import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '#base';
import { type AddCommand, type Context, settle } from '../command.ts';

async function writeCollector(to: string, { folder, terminal }: Context): Promise<Result<number>> {
  const { sayErrno, writeOwn } = await import('../own-file.ts');
  const from = join(folder, 'dist', 'pharos-collect.pyz');
  let content: Buffer;
  try {
    content = readFileSync(from);
  } catch (error) {
    const hint = 'Run npm run build in the folder of pharos.';
    return failure({ code: 'cli/no-collector', message: `${from} cannot be read: ${sayErrno(error)}`, hint });
  }
  const written = writeOwn(to.endsWith('.pyz') ? to : `${to}.pyz`, content, 0o755);
  if (!written.ok) return written;
  terminal.err.print(`wrote ${written.value}`);
  return success(0);
}

export const addCollectorCommand: AddCommand = (program, context) =>
  program
    .command('collector')
    .summary('write out the one-file collector, for nodes without Node.js')
    .requiredOption('--to <file>', 'where to, as in pharos-collect.pyz')
    .action(({ to }: { to: string }) => settle(context, writeCollector(to, context)));
