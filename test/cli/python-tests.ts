import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from './run.ts';

/** The tests of a package below `python/` are Python, beside what they test; those that are skipped say why. */
export function testPython(title: string, name: string): void {
  const cases = readdirSync(join(root, 'python', name, 'tests')).filter((file) => /^test_\w+\.py$/.test(file));
  describe(title, () => {
    test.for(cases)('%s', { timeout: 420_000 }, (file) => {
      const module = `${name}.tests.${file.slice(0, -'.py'.length)}`;
      const { status, stderr } = spawnSync('python3', ['-B', '-m', 'unittest', '-v', module], {
        cwd: join(root, 'python'),
        encoding: 'utf8',
        timeout: 400_000,
      });
      for (const line of stderr.split('\n')) if (/ \.\.\. skipped /.test(line)) console.warn(line);
      expect(status, stderr).toBe(0);
    });
  });
}
