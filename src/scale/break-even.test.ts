import { expect, test } from 'vitest';
import { breakEven, type SamplesOf } from './break-even.ts';

/** Ten worlds, in which it takes `least` to ten times as much for each node. */
const linear =
  (least: number): SamplesOf =>
  (nodes) =>
    Array.from({ length: 10 }, (_, world) => least * (world + 1) * nodes);
const constant =
  (seconds: number): SamplesOf =>
  () =>
    new Array<number>(10).fill(seconds);

test('the median crosses where more than half of the worlds do, and surely where all do', () => {
  // Worlds 5 to 10 (six of ten) take more than 30 s from 61 nodes on; the quickest from 301.
  expect(breakEven(linear(0.1), constant(30))).toEqual({ likelyFrom: 61, surelyFrom: 301, tried: 131_072 });
});

test('always faster: from the first node', () => {
  expect(breakEven(constant(2), constant(1))).toMatchObject({ likelyFrom: 1, surelyFrom: 1 });
});

test('never faster, and no faster: from none', () => {
  expect(breakEven(constant(1), constant(2))).toEqual({ tried: 131_072 });
  expect(breakEven(constant(1), constant(1))).toEqual({ tried: 131_072 });
});

test('faster on few nodes only is not told as paying', () => {
  expect(breakEven(constant(30), linear(0.1))).toEqual({ tried: 131_072 });
});
