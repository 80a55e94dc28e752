import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { VERSION } from './version.ts';

test('the version is that of the package', ({ expect }) => {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'));
  expect(VERSION).toBe(manifest.version);
});
