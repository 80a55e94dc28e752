import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { testPython } from './python-tests.ts';
import { root } from './run.ts';

// `test_unchanged` compares bare and observed runs.
testPython('the collector', 'collector');

describe('the collector in one file', () => {
  test('the same sources build the same file', () => {
    const built = ['one', 'two'].map((name) => {
      const target = join(tmpdir(), `pharos-build-${process.pid}-${name}.pyz`);
      execFileSync('python3', [join(root, 'scripts/build-collector.py'), target]);
      return readFileSync(target);
    });
    expect(built[0]?.equals(built[1] ?? Buffer.alloc(0))).toBe(true);
  });
});
