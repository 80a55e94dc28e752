import { expect, test } from 'vitest';
import { findPath, isWithin, pathText } from './path-text.ts';

const paths = [
  { parent: 0, name: '' },
  { parent: 0, name: 'opt' },
  { parent: 1, name: 'env' },
  { parent: 0, name: '~' },
  { parent: 3, name: 'venv' },
];

test('a path is its components from the root', () => {
  expect(pathText(paths, 0)).toBe('/');
  expect(pathText(paths, 2)).toBe('/opt/env');
});

test('a path under the home folder begins with the tilde that stands for it', () => {
  expect(pathText(paths, 4)).toBe('~/venv');
});

test('of a path that was removed because it is data, its digest is shown', () => {
  expect(pathText([...paths, { parent: 0, name: '3f2a.csv', removed: true }], 5)).toBe('<data 3f2a.csv>');
});

test('a cycle ends', () => {
  expect(
    pathText(
      [
        { parent: 0, name: '' },
        { parent: 1, name: 'a' },
      ],
      1,
    ),
  ).toHaveLength(2 * 4096);
});

test('a folder holds itself and what is below, not what begins alike', () => {
  expect(isWithin('/opt/env', '/opt/env')).toBe(true);
  expect(isWithin('/opt/env/lib', '/opt/env')).toBe(true);
  expect(isWithin('/opt/environment', '/opt/env')).toBe(false);
  expect(isWithin('/opt', '/')).toBe(true);
});

test('a path is found by its text', () => {
  expect(findPath(paths, '/opt/env')).toBe(2);
  expect(findPath(paths, '~/venv')).toBe(4);
  expect(findPath(paths, '/')).toBe(0);
  expect(findPath(paths, '/env')).toBeUndefined();
});

test('of data only its folder is said, and only where that is one of code', () => {
  const tree = [...paths, { parent: 2, name: '3f.csv', removed: true }, { parent: 0, name: '4a', removed: true }];
  expect(pathText(tree, 5)).toBe('/opt/env/<data 3f.csv>');
  expect(pathText(tree, 6)).toBe('<data 4a>');
});
