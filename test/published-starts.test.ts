import { expect, test } from 'vitest';
import { effectiveNumber, likelihood, predicted, weightedQuantiles } from '../bench/scale/condition.ts';

// How published tables are fitted to two sizes: bench/scale.

const even = (values: readonly number[]) => values.map((value) => ({ value, weight: 1 }));

test('a world that tells what was measured weighs more than one that does not', () => {
  const measured = [
    { nodes: 1, seconds: 10 },
    { nodes: 2, seconds: 20 },
  ];
  const weights = [10, 12, 20, 100].map((perNode) => likelihood(measured, (nodes) => perNode * nodes));
  expect(weights).toEqual(weights.toSorted((a, b) => b - a));
  expect(likelihood([], () => 1)).toBe(1);
});

test('quantiles are of the weight, not of the number', () => {
  const values = [
    { value: 3, weight: 1 },
    { value: 1, weight: 8 },
    { value: 2, weight: 1 },
    { value: 99, weight: 0 },
  ];
  expect(weightedQuantiles(values, [0.05, 0.5, 0.85, 1])).toEqual([1, 1, 2, 3]);
});

test('one more run scatters around what is told, by the spread of repeated runs', () => {
  const { low, likely, high } = predicted(even([100]));
  expect(likely).toBeCloseTo(100);
  expect(low * high).toBeCloseTo(1e4);
  // Student, four degrees of freedom: 95 % at 2.13 spreads of 0.15, on a grid of 21.
  expect(Math.log(high / 100)).toBeGreaterThan(0.25);
  expect(Math.log(high / 100)).toBeLessThan(0.36);
});

test('so many equal weights count as so many, one alone as one', () => {
  expect(effectiveNumber([2, 2, 2])).toBeCloseTo(3);
  expect(effectiveNumber([5, 0, 0])).toBeCloseTo(1);
});
