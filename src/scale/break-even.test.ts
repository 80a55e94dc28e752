import fc from 'fast-check';
import { expect, test } from 'vitest';
import { breakEven, type SamplesOf } from './break-even.ts';
import { DRAWS } from './draws.ts';

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

test.for([1, 2, 3, 100, 4097, 131_072])('finds the first of %d nodes exactly', (from, { expect }) => {
  const perNode: SamplesOf = (nodes) => constant(nodes)(nodes);
  expect(breakEven(perNode, constant(from - 0.5))).toEqual({ likelyFrom: from, surelyFrom: from, tried: 131_072 });
});

test('what is faster only in between does not pay; what is slower only in between pays behind it', () => {
  const between: SamplesOf = (nodes) => constant(nodes >= 8 && nodes < 64 ? 1 : 3)(nodes);
  expect(breakEven(constant(2), between)).toEqual({ tried: 131_072 });
  expect(breakEven(between, constant(2))).toMatchObject({ likelyFrom: 64, surelyFrom: 64 });
});

test('whatever the times, at all powers of two from there it is faster, and sure never comes before likely', () => {
  const times = fc.array(fc.double({ min: 0, max: 10, noNaN: true }), { minLength: 18, maxLength: 18 });
  fc.assert(
    fc.property(times, times, fc.integer({ min: 0, max: 5 }), (slow, fast, spread) => {
      const of =
        (table: readonly number[], wide: number): SamplesOf =>
        (nodes) =>
          Array.from(
            { length: DRAWS },
            (_, index) => (table[Math.floor(Math.log2(nodes))] ?? 0) + (wide * index) / DRAWS,
          );
      const [plain, cured] = [of(slow, 0), of(fast, spread)];
      const { likelyFrom, surelyFrom } = breakEven(plain, cured);
      if (surelyFrom !== undefined) expect(likelyFrom ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(surelyFrom);
      for (let power = 0; power <= 17; power += 1) {
        const [before, after] = [plain(2 ** power), cured(2 ** power)];
        const faster = after.filter((seconds, index) => seconds < (before[index] ?? 0)).length / DRAWS;
        if (likelyFrom !== undefined && 2 ** power >= likelyFrom) expect(faster).toBeGreaterThanOrEqual(0.49);
        if (power === 17 && faster > 0.51) expect(likelyFrom).toBeDefined();
      }
    }),
    { numRuns: 50 },
  );
});
