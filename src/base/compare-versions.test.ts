import { expect, test } from 'vitest';
import { compareVersions, laterVersion } from './compare-versions.ts';

test('numbers are compared, not texts; a longer version is later', () => {
  expect(['2.28', '2.9', '2.2.5', '3', '2.28.1'].toSorted(compareVersions)).toEqual([
    '2.2.5',
    '2.9',
    '2.28',
    '2.28.1',
    '3',
  ]);
  expect(compareVersions('2.17', '2.17')).toBe(0);
});

test('the later one, where both are known', () => {
  expect([
    laterVersion('2.9', '2.28'),
    laterVersion('2.28', '2.9'),
    laterVersion(undefined, '2.9'),
    laterVersion(undefined, undefined),
  ]).toEqual(['2.28', '2.28', '2.9', undefined]);
});
