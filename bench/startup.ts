import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { canTrace, countCalls } from './count-calls.ts';
import { median } from './median.ts';

// How Pharos itself starts: file system calls beyond those of `node -e 0`, and time against it.

const root = join(import.meta.dirname, '..');
const REPEATS = 9;
const LIMIT_CALLS = 60;

function milliseconds(command: readonly string[]): number {
  const [program = '', ...args] = command;
  const times = Array.from({ length: REPEATS }, () => {
    const began = performance.now();
    spawnSync(program, args, { cwd: root, stdio: 'ignore' });
    return performance.now() - began;
  });
  return median(times);
}

const bare = ['dist/node', '-e', '0'];
const bareMilliseconds = milliseconds(bare);
const bareCalls = canTrace() ? countCalls(bare, root) : undefined;

console.log('command                     calls beyond node -e 0   ms   x node -e 0');
for (const line of ['--version', 'explain metadata-storm', 'audit --help']) {
  const command = ['./pharos', ...line.split(' ')];
  const calls = bareCalls === undefined ? undefined : countCalls(command, root) - bareCalls;
  const took = milliseconds(command);
  const cells = [
    `pharos ${line}`.padEnd(30),
    (calls ?? 'no strace').toString().padStart(20),
    took.toFixed(0).padStart(4),
    (took / bareMilliseconds).toFixed(2).padStart(13),
  ];
  console.log(cells.join(' '));
  if (calls !== undefined && calls > LIMIT_CALLS) process.exitCode = 1;
}
console.log(`limit: ${LIMIT_CALLS} calls for --version and explain`);
