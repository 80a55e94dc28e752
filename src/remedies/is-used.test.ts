import { expect, test } from 'vitest';
import type { Access, Accesses, Imports } from '#schema';
import { below, isUsed } from './is-used.ts';

const paths = [
  { parent: 0, name: '', mount: 0 },
  { parent: 0, name: 'opt', mount: 0 },
  { parent: 1, name: 'extra', mount: 0 },
  { parent: 2, name: 'tool.py', mount: 0 },
];
const imports: Imports = { nodes: [] };
const access = (path: number, error: string): Access => ({
  path,
  import: 0,
  phase: 'start',
  cause: 'other',
  operation: 'stat',
  error,
  count: 1,
  bytes: 0,
});
const accesses = (...list: Access[]): Accesses => ({ coverage: 'complete', source: 'replay', paths, accesses: list });

test('below is strict', () => {
  const isBelow = below(paths, '/opt/extra');
  expect([0, 1, 2, 3].map(isBelow)).toEqual([false, false, false, true]);
});

test('nothing is below a folder that was never seen', () => {
  expect(below(paths, '/absent')(3)).toBe(false);
});

test('a cycle of parents ends', () => {
  expect(
    below(
      [
        { parent: 0, name: '' },
        { parent: 2, name: 'a' },
        { parent: 1, name: 'b' },
      ],
      '/x',
    )(1),
  ).toBe(false);
});

test('looking at a folder and missing below it is no use of it', () => {
  expect(isUsed('/opt/extra', { imports, accesses: accesses(access(2, ''), access(3, 'ENOENT')) })).toBe(false);
});

test('anything found below a folder is use of it', () => {
  expect(isUsed('/opt/extra', { imports, accesses: accesses(access(3, '')) })).toBe(true);
});
