import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, test } from 'vitest';
import { root } from './run.ts';

// A tool about slow starts starts fast. Counted is every call of strace's classes %file and %desc, of all processes
// and threads, that names a path or works on a descriptor of one. Not counted: anonymous memory, and descriptors
// that are no file (pipes, event queues), which is how `node -e 0` talks to its own threads.

const BUDGET = 60;
const NO_FILE = /MAP_ANONYMOUS|anon_inode:|<pipe:|<socket:|io_uring_/;

const scratch = mkdtempSync(join(tmpdir(), 'pharos-start-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

function countCalls(...command: string[]): number {
  const log = join(scratch, 'log');
  const tracer = ['-f', '-qq', '-y', '-s', '0', '-e', 'trace=%file,%desc', '-o', log];
  const { status, stderr } = spawnSync('strace', [...tracer, ...command], { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`strace ${command.join(' ')}: ${stderr}`);
  const calls = readFileSync(log, 'utf8').split('\n');
  return calls.filter((line) => line !== '' && !line.includes(' resumed>') && !NO_FILE.test(line)).length;
}

const traced = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
if (!traced) console.warn('skipped: strace is not there or may not trace');

test.skipIf(!traced).for(['--version', 'explain use-safe-path'])(
  'pharos %s makes few file system calls',
  (args, { expect }) => {
    const bare = countCalls('dist/node', '-e', '0');
    const calls = countCalls('./pharos', ...args.split(' '));
    expect(bare).toBeGreaterThan(BUDGET);
    expect(calls - bare).toBeGreaterThan(0);
    expect(calls - bare).toBeLessThanOrEqual(BUDGET);
  },
);
