import { expect, test } from 'vitest';
import { readSizes } from './size-list.ts';

test.for<[string, number[]]>([
  ['64', [64]],
  ['16,1,4,4', [1, 4, 16]],
  ['1,4,16..100', [1, 4, 16, 32, 64, 100]],
  ['8..8', [8]],
  [' 1 , 3 .. 6 ', [1, 3, 6]],
  ['1..1000000', [...Array.from({ length: 20 }, (_, power) => 2 ** power), 1_000_000]],
])('%s', ([text, sizes]) => {
  expect(readSizes(text)).toEqual({ ok: true, value: sizes });
});

test.for<[string, string]>([
  ['', 'nothing between commas is not'],
  ['1,,2', 'nothing between commas is not'],
  ['0', '0 is not a number of nodes from 1 to 1000000'],
  ['-4', '-4 is not'],
  ['1e3', '1e3 is not'],
  ['NaN', 'NaN is not'],
  ['1.5', '1.5 is not'],
  ['1000001', '1000001 is not'],
  ['99999999999999999999', '99999999999999999999 is not'],
  ['64..4', '64..4 goes down'],
  ['1..2..4', '1..2..4 is not'],
  ['..8', '..8 is not'],
  [Array.from({ length: 41 }, (_, index) => index + 1).join(','), 'these are more than 40 sizes'],
])('%s is refused', ([text, message]) => {
  expect(readSizes(text)).toMatchObject({ ok: false, failure: { message: expect.stringContaining(message) } });
});
