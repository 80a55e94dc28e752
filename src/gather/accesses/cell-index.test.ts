import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cellIndex } from './cell-index.ts';

const part = fc.oneof(fc.nat(3), fc.integer({ min: 0, max: 2 ** 32 - 1 }));

test('triples are numbered in the order in which they are met, alike ones alike', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(part, part, part), { maxLength: 300 }), (triples) => {
      const index = cellIndex();
      const expected = new Map<string, number>();
      for (const triple of triples) {
        const key = triple.join();
        expected.set(key, expected.get(key) ?? expected.size);
        const number = index.find(...triple);
        expect(number).toBe(expected.get(key));
        expect(index.triple(number)).toEqual(triple);
      }
      expect(index.size()).toBe(expected.size);
    }),
  );
});

test('it grows', () => {
  const index = cellIndex();
  for (let a = 0; a < 20_000; a += 1) expect(index.find(a, a % 7, 2 ** 31 + a)).toBe(a);
  for (let a = 0; a < 20_000; a += 1) expect(index.find(a, a % 7, 2 ** 31 + a)).toBe(a);
});
