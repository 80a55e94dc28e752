// `npm run bench`: every figure that has a limit, one table each. Ends with 1 where a limit is passed.
// `npm run bench -- --scale` also starts jobs on many nodes at once, at a few sizes: bench/scale/run.ts has all of them.
// Ratios and counts are for comparing; seconds are of the machine, and of what else runs on it.
import { spawnSync } from 'node:child_process';
import { loadavg } from 'node:os';
import { join } from 'node:path';

const BENCHES = [
  ['startup', 'How Pharos starts'],
  ['recording', 'Reading a recording and gathering its artifacts'],
  ['probe', 'What observing a start adds to it'],
  ['doctor', 'What the doctor takes of a rank'],
  ['step', 'Reading a large step, to its page'],
] as const;

function run(title: string, file: string, ...options: readonly string[]): void {
  console.log(`\n${title}`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, file), ...options], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

console.log(`load of the machine: ${loadavg()[0]?.toFixed(1)}`);
for (const [name, title] of BENCHES) run(title, `${name}.ts`);
if (process.argv.includes('--scale')) run('Starts on many nodes', 'scale/run.ts', '--quick', '--only', 'testbed');
