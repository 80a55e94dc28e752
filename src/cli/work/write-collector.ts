import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '#base';
import type { Context } from '../command.ts';
import { sayErrno, writeOwn } from '../files/index.ts';

/** `pharos collector --to FILE`: the collector that set-up built, for nodes without Node.js. */
export async function writeCollector(to: string, { folder, terminal }: Context): Promise<Result<number>> {
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
