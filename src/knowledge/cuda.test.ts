import { expect, test } from 'vitest';
import { isDriverTooOld, oldestDriverFor } from './cuda.ts';

test.for([
  ['535.104.05', 12, false],
  ['535.104.05', 13, true],
  ['580.65.06', 13, false],
  ['525.60.13', 12, false],
  ['525.60.11', 12, true],
  ['450.80.02', 11, false],
  ['450.36.06', 12, true],
] as const)('driver %s and CUDA %i', ([driver, major, tooOld]) => {
  expect(isDriverTooOld(driver, major)).toBe(tooOld);
});

test('of a CUDA or a driver that is not known nothing is said', () => {
  expect(oldestDriverFor(99)).toBeUndefined();
  expect(isDriverTooOld('535.104.05', 99)).toBeUndefined();
  expect(isDriverTooOld('unknown', 12)).toBeUndefined();
});
