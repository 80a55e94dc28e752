import { execFileSync, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './run.ts';

// The collector's own tests are Python, beside what they test; `test_unchanged` compares bare and observed runs.
const cases = readdirSync(join(root, 'python/collector/tests')).filter((file) => /^test_\w+\.py$/.test(file));

describe('the collector', () => {
  test.for(cases)('%s', { timeout: 420_000 }, (file) => {
    const name = `collector.tests.${file.slice(0, -'.py'.length)}`;
    const { status, stderr } = spawnSync('python3', ['-B', '-m', 'unittest', '-v', name], {
      cwd: join(root, 'python'),
      encoding: 'utf8',
      timeout: 400_000,
    });
    for (const line of stderr.split('\n')) if (/ \.\.\. skipped /.test(line)) console.warn(line);
    expect(status, stderr).toBe(0);
  });

  test('the same sources build the same file', () => {
    const built = ['one', 'two'].map((name) => {
      const target = join(tmpdir(), `pharos-build-${process.pid}-${name}.pyz`);
      execFileSync('python3', [join(root, 'scripts/build-collector.py'), target]);
      return readFileSync(target);
    });
    expect(built[0]?.equals(built[1] ?? Buffer.alloc(0))).toBe(true);
  });
});
