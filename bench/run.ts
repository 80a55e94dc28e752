// `npm run bench`: every figure that has a limit, one table each. Ends with 1 where a limit is passed.
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

console.log(`load of the machine: ${loadavg()[0]?.toFixed(1)}`);
for (const [name, title] of BENCHES) {
  console.log(`\n${title}`);
  const { status } = spawnSync(process.execPath, [join(import.meta.dirname, `${name}.ts`)], { stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
