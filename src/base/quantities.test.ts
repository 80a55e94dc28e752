import { test } from 'vitest';
import { formatBytes, formatCount, formatCountOf, formatRange, formatSeconds } from './quantities.ts';

test.for([
  [0, '0 s'],
  [0.000_41, '410 us'],
  [0.4123, '412 ms'],
  [0.9996, '1 s'],
  [12.34, '12.3 s'],
  [119.4, '119 s'],
  [212, '3 min 32 s'],
  [180, '3 min'],
  [3661, '61 min 01 s'],
  [7261, '2 h 01 min'],
  [400_000, '111 h'],
  [-2, '-2 s'],
] as const)('%d seconds read %s', ([seconds, text], { expect }) => {
  expect(formatSeconds(seconds)).toBe(text);
});

test('counts and bytes are grouped or scaled', ({ expect }) => {
  expect([formatCount(1498), formatCount(12_345_678), formatBytes(117_400_000)]).toEqual([
    '1,498',
    '12.3 million',
    '117 MB',
  ]);
});

test('a range says its unit once', ({ expect }) => {
  expect(formatRange(25, 70.2, formatSeconds)).toBe('25 to 70.2 s');
  expect(formatRange(0.5, 70, formatSeconds)).toBe('500 ms to 70 s');
  expect(formatRange(100, 310, formatSeconds)).toBe('100 s to 5 min 10 s');
});

test('counts say one and many', ({ expect }) => {
  expect([formatCountOf(1, 'node'), formatCountOf(12_000, 'request'), formatCountOf(2, 'entry', 'entries')]).toEqual([
    '1 node',
    '12,000 requests',
    '2 entries',
  ]);
});
