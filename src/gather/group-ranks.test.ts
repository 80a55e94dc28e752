import { expect, test } from 'vitest';
import { groupRanks } from './group-ranks.ts';

test('equal values become one group, the largest first, then the one of the lowest rank', () => {
  const entries = [
    { ranks: [9], value: 'c' },
    { ranks: [3, 1], value: 'a' },
    { ranks: [0], value: 'b' },
    { ranks: [2], value: 'a' },
  ];
  expect(groupRanks(entries)).toEqual([
    { ranks: [1, 2, 3], value: 'a' },
    { ranks: [0], value: 'b' },
    { ranks: [9], value: 'c' },
  ]);
});

test('a rank of which two things are said is in the group of the first, once', () => {
  const entries = [
    { ranks: [4, 4], value: 'a' },
    { ranks: [4, 5], value: 'b' },
  ];
  expect(groupRanks(entries)).toEqual([
    { ranks: [4], value: 'a' },
    { ranks: [5], value: 'b' },
  ]);
});
