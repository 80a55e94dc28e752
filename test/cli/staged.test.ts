import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './run.ts';

// The tests of what runs in a stage are Python, beside what they test.
const cases = readdirSync(join(root, 'python/staged/tests')).filter((file) => /^test_\w+\.py$/.test(file));

describe('what runs in a stage', () => {
  test.for(cases)('%s', { timeout: 420_000 }, (file) => {
    const name = `staged.tests.${file.slice(0, -'.py'.length)}`;
    const { status, stderr } = spawnSync('python3', ['-B', '-m', 'unittest', '-v', name], {
      cwd: join(root, 'python'),
      encoding: 'utf8',
      timeout: 400_000,
    });
    for (const line of stderr.split('\n')) if (/ \.\.\. skipped /.test(line)) console.warn(line);
    expect(status, stderr).toBe(0);
  });
});
