import { expect, test } from 'vitest';
import { sayCount, sayInterval, saySeconds } from './phrases.ts';

test.for([
  [0, '0 s'],
  [0.00042, '0 s'],
  [0.0421, '0.042 s'],
  [1, '1 s'],
  [1.04, '1 s'],
  [9.96, '10 s'],
  [42.3, '42 s'],
  [119.6, '120 s'],
  [300, '5 min'],
  [9000, '2.5 h'],
  [3_600_000, '1000 h'],
] as const)('%d seconds are %s', ([seconds, text]) => {
  expect(saySeconds(seconds)).toBe(text);
});

test('an interval says its unit once where both ends share it', () => {
  expect(sayInterval({ low: 12, likely: 20, high: 40 })).toBe('12 to 40 s');
  expect(sayInterval({ low: 12, likely: 20, high: 400 })).toBe('12 s to 6.7 min');
  expect(sayInterval({ low: 1, likely: 1, high: 1.001 })).toBe('1 s');
});

test('counts say one and many', () => {
  expect(sayCount(1, 'node')).toBe('1 node');
  expect(sayCount(12_000, 'request')).toBe('12,000 requests');
});
