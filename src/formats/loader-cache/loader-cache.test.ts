import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readLoaderCache } from './index.ts';

interface Draft {
  readonly entries: readonly (readonly [name: string, path: string, hwcaps?: number])[];
  readonly hwcaps?: readonly string[];
  readonly isBig?: boolean;
  /** With a table for older loaders before it. */
  readonly oldEntries?: number;
}

/** A cache as ldconfig writes it. */
function draft({ entries, hwcaps = [], isBig = false, oldEntries }: Draft): Uint8Array {
  const start = oldEntries === undefined ? 0 : Math.ceil((16 + 12 * oldEntries) / 8) * 8;
  const bytes = new Uint8Array(start + 4096);
  const view = new DataView(bytes.buffer);
  const full = (at: number, value: number) => view.setUint32(at, value, !isBig);
  const write = (at: number, text: string) => bytes.set(new TextEncoder().encode(text), at);
  if (oldEntries !== undefined) {
    write(0, 'ld.so-1.7.0');
    full(12, oldEntries);
  }
  write(start, 'glibc-ld.so.cache1.1');
  full(start + 20, entries.length);
  view.setUint8(start + 28, isBig ? 3 : 2);
  let free = 2048;
  const text = (value: string) => {
    const at = free;
    write(start + at, value);
    free += value.length + 1;
    return at;
  };
  for (const [index, [name, path, level]] of entries.entries()) {
    const at = start + 48 + 24 * index;
    full(at, 0x303);
    full(at + 4, text(name));
    full(at + 8, text(path));
    full(at + (isBig ? 20 : 16), level ?? 0);
    full(at + (isBig ? 16 : 20), level === undefined ? 0 : (1 << 30) + level + 2);
  }
  if (hwcaps.length > 0) {
    full(start + 32, start + 1024);
    full(start + 1024, 0xeaa42174);
    full(start + 1028, 1);
    full(start + 1032, 1);
    full(start + 1040, start + 1100);
    full(start + 1044, 4 * hwcaps.length);
    for (const [index, name] of hwcaps.entries()) full(start + 1100 + 4 * index, text(name));
  }
  return bytes;
}

const ENTRIES = [
  ['libz.so.1', '/lib/libz.so.1'],
  ['libz.so.1', '/lib/v3/libz.so.1', 1],
] as const;

test.for([{}, { isBig: true }, { oldEntries: 3 }])('%o: names, paths, and for which processors', (kind) => {
  expect(readLoaderCache(draft({ entries: ENTRIES, hwcaps: ['x86-64-v2', 'x86-64-v3'], ...kind }))).toEqual({
    ok: true,
    value: [
      { name: 'libz.so.1', path: '/lib/libz.so.1', flags: 0x303, isLegacy: false },
      { name: 'libz.so.1', path: '/lib/v3/libz.so.1', flags: 0x303, isLegacy: false, hwcaps: 'x86-64-v3' },
    ],
  });
});

test('an entry for a processor without a name is left out; what is no cache is told', () => {
  expect(readLoaderCache(draft({ entries: ENTRIES }))).toMatchObject({ value: [{ path: '/lib/libz.so.1' }] });
  expect(readLoaderCache(new Uint8Array(100))).toMatchObject({ failure: { code: 'loader-cache/damaged' } });
});

test('hostile bytes: a value or a failure', () => {
  const whole = draft({ entries: ENTRIES, hwcaps: ['x86-64-v2', 'x86-64-v3'], oldEntries: 2 });
  const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: 1300 }), fc.integer({ min: 0, max: 255 })), {
    maxLength: 6,
  });
  fc.assert(
    fc.property(changes, fc.integer({ min: 0, max: whole.length }), (mutations, length) => {
      const bytes = whole.slice(0, length);
      for (const [at, value] of mutations) if (at < length) bytes[at] = value;
      const read = readLoaderCache(bytes);
      if (!read.ok) expect(read.failure.code).toBe('loader-cache/damaged');
    }),
    { numRuns: 500 },
  );
});
