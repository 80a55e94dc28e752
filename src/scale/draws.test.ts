import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DRAWS, drawn, intervalOf } from './draws.ts';

const range = fc
  .tuple(...[1, 2, 3].map(() => fc.oneof(fc.double({ min: 0, max: 1e12, noNaN: true }), fc.constant(0))))
  .map((three) => three.toSorted((a, b) => a - b))
  .map(([low = 0, likely = 0, high = 0]) => ({ low, likely, high }));

describe('for any range', () => {
  test('values are finite and not negative, and the same when asked again', () => {
    fc.assert(
      fc.property(range, fc.string(), (any, figure) => {
        const values = drawn(figure, any);
        expect(values).toHaveLength(DRAWS);
        expect(values.every((value) => Number.isFinite(value) && value >= 0)).toBe(true);
        expect(drawn(figure, any)).toEqual(values);
      }),
    );
  });

  test('a larger end never makes a value smaller', () => {
    fc.assert(
      fc.property(range, fc.double({ min: 0, max: 1e6, noNaN: true }), (any, more) => {
        const larger = drawn('figure', { ...any, high: any.high + more });
        const values = drawn('figure', any);
        // A range without width stands for its one value.
        if (any.low === any.high) return;
        for (const [index, value] of values.entries()) expect(larger[index]).toBeGreaterThanOrEqual(value);
      }),
    );
  });
});

test('5 %, median and 95 % are what the range says', () => {
  const { low, likely, high } = intervalOf(drawn('service', { low: 10, likely: 40, high: 400 }));
  expect(low / 10).toBeCloseTo(1, 1);
  expect(likely / 40).toBeCloseTo(1, 1);
  expect(high / 400).toBeCloseTo(1, 1);
});

test('two figures are drawn apart, one figure together', () => {
  const of = (figure: string) => drawn(figure, { low: 1, likely: 2, high: 4 });
  const correlation = (a: readonly number[], b: readonly number[]) => {
    const mean = (values: readonly number[]) => values.reduce((all, one) => all + one, 0) / values.length;
    const [x, y] = [a, b].map((values) => values.map((value) => value - mean(values)));
    const product = (u: readonly number[] = [], v: readonly number[] = []) =>
      u.reduce((all, one, index) => all + one * (v[index] ?? 0), 0);
    return product(x, y) / Math.sqrt(product(x, x) * product(y, y));
  };
  expect(correlation(of('slots'), of('slots'))).toBeCloseTo(1);
  expect(Math.abs(correlation(of('slots'), of('service')))).toBeLessThan(0.3);
});
