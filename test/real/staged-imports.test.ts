import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root, run } from './run.ts';

test("CPython's own tests of its import system pass in a staged interpreter", () => {
  const compare = ['python3', '-B', '-m', 'staged.tests.cpython.compare'];
  const { status, stdout, stderr } = run(compare, { cwd: join(root, 'python'), seconds: 580 });
  for (const line of stdout.split('\n')) if (line.startsWith('skipped: ')) console.warn(line);
  expect(status, stdout + stderr).toBe(0);
  expect(stdout).toMatch(/^CPython 3\.\d+: \d{3,} tests pass/m);
});
