import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathBytes, pathOfBytes } from './path-bytes.ts';

test('text that is UTF-8 is its bytes', () => {
  const text = '/träger/計算/𝒳';
  expect([...pathBytes(text)]).toEqual([...Buffer.from(text)]);
  expect(pathOfBytes(Buffer.from(text))).toBe(text);
});

test('a byte that is not UTF-8 is a lone surrogate', () => {
  expect(pathOfBytes(Uint8Array.of(0x2f, 0xff, 0x61))).toBe('/\udcffa');
  expect([...pathBytes('/\udcffa')]).toEqual([0x2f, 0xff, 0x61]);
});

test('bytes come back as they were, whatever they are', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(pathBytes(pathOfBytes(bytes))).toEqual(bytes);
    }),
  );
});

test('text comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      expect(pathOfBytes(pathBytes(text))).toBe(text);
    }),
  );
});
