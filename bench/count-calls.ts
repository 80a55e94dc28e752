import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Counted is every call of strace's classes %file and %desc, of all processes and threads, that names a path or works
// on a descriptor of one. Not counted: anonymous memory, and descriptors that are no file (pipes, event queues), which
// is how `node -e 0` talks to its own threads.
const NO_FILE = /MAP_ANONYMOUS|anon_inode:|<pipe:|<socket:|io_uring_/;

export const canTrace = (): boolean => spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;

/** File system calls that the command makes, by strace. */
export function countCalls(command: readonly string[], cwd: string): number {
  const folder = mkdtempSync(join(tmpdir(), 'pharos-count-'));
  try {
    const log = join(folder, 'log');
    const tracer = ['-f', '-qq', '-y', '-s', '0', '-e', 'trace=%file,%desc', '-o', log];
    const { status, stderr } = spawnSync('strace', [...tracer, ...command], { cwd, encoding: 'utf8' });
    if (status !== 0) throw new Error(`strace ${command.join(' ')}: ${stderr}`);
    const calls = readFileSync(log, 'utf8').split('\n');
    return calls.filter((line) => line !== '' && !line.includes(' resumed>') && !NO_FILE.test(line)).length;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
