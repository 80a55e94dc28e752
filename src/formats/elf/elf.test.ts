import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { success } from '#base';
import { draftElf, type ElfDraft } from '../../../test/recordings/elf-draft.ts';
import { type Elf, readElf, readElfParts, readSymbols, rewriteSearch, type SearchEntry } from './index.ts';

function elfOf(bytes: Uint8Array): Elf {
  const elf = readElf(bytes);
  if (!elf.ok) throw new Error(elf.failure.message);
  return elf.value;
}

function rewritten(bytes: Uint8Array, change: (entry: SearchEntry) => string): Uint8Array {
  const made = rewriteSearch(bytes, change);
  if (!made.ok) throw new Error(made.failure.message);
  return made.value ?? bytes;
}

const KINDS: readonly ElfDraft[] = [
  { bits: 64, order: 'little' },
  { bits: 64, order: 'big' },
  { bits: 32, order: 'little' },
  { bits: 32, order: 'big' },
];

describe.for([...KINDS])('$bits bit, $order-endian', (kind) => {
  const draft = { ...kind, needed: ['liba.so.1', 'libc.so.6'], soname: 'libx.so', rpath: '/sw/a/lib:/sw/b/lib' };

  test('what the loader reads', () => {
    const elf = elfOf(draftElf({ ...draft, versions: ['GLIBC_2.4', 'GLIBC_2.28', 'GLIBC_2.9', 'GLIBC_PRIVATE'] }));
    expect(elf).toEqual({
      ...{ machine: 62, bits: kind.bits, order: kind.order, type: 'shared', needed: draft.needed, flags: [] },
      ...{ soname: 'libx.so', rpath: draft.rpath, glibc: '2.28', versionsDefined: [] },
      versionsNeeded: [{ file: '', versions: ['GLIBC_2.4', 'GLIBC_2.28', 'GLIBC_2.9', 'GLIBC_PRIVATE'] }],
    });
  });

  test('where it looks is changed, and nothing else', () => {
    const before = draftElf(draft);
    const after = rewritten(before, ({ kind: of, text }) =>
      of === 'rpath' ? text.replaceAll('/sw', '$ORIGIN/../../..') : text,
    );
    const { rpath, ...rest } = elfOf(after);
    expect(rpath).toBe('$ORIGIN/../../../a/lib:$ORIGIN/../../../b/lib');
    expect(rest).toEqual(elfOf(draftElf({ ...kind, needed: draft.needed, soname: draft.soname })));
    expect(before).toEqual(draftElf(draft));
  });
});

/** Those that are loaded, of a 64 bit little-endian file. */
function loadsOf(bytes: Uint8Array) {
  const view = new DataView(bytes.buffer);
  const number = (at: number) => Number(view.getBigUint64(at, true));
  const first = number(32);
  const headers = Array.from({ length: view.getUint16(56, true) }, (_, index) => first + 56 * index);
  return headers
    .filter((at) => view.getUint32(at, true) === 1)
    .map((at) => ({ offset: number(at + 8), address: number(at + 16), bytes: number(at + 32), first }));
}

const DRAFTS: readonly ElfDraft[] = [
  { rpath: '/a' },
  { rpath: '/a', alignment: 2 ** 21 },
  { rpath: '/a', note: 'none' },
  { rpath: '/a', note: 'none', alignment: 65_536 },
  { rpath: '/a', note: 'Qt' },
  { rpath: '/a', isProgram: true },
];

test.for([...DRAFTS])('%o: what is loaded stays in order, each at its place in a page', (draft) => {
  const before = draftElf(draft);
  const bytes = rewritten(before, () => '/longer');
  const loads = loadsOf(bytes);
  expect(loads.map(({ address }) => address)).toEqual(loads.map(({ address }) => address).toSorted((a, b) => a - b));
  for (const { offset, address } of loads)
    expect(offset % (draft.alignment ?? 4096)).toBe(address % (draft.alignment ?? 4096));
  expect(loads).toHaveLength(2);
  expect(loads[1]?.bytes).toBe(bytes.length - before.length);
  expect(bytes.length - before.length).toBeLessThan(512);
});

test('headers are moved where no note may be taken, and are loaded there', () => {
  expect(loadsOf(rewritten(draftElf({ rpath: '/a' }), () => '/b'))[0]?.first).toBe(64);
  for (const note of ['none', 'Qt'] as const) {
    const [, made] = loadsOf(rewritten(draftElf({ rpath: '/a', note }), () => '/b'));
    expect(made?.first).toBe(made?.offset);
  }
});

test('a program whose headers have no room is told', () => {
  expect(rewriteSearch(draftElf({ runpath: '/a', isProgram: true, note: 'none' }), () => '/b')).toMatchObject({
    failure: { code: 'elf/no-room' },
  });
  expect(rewriteSearch(draftElf({ runpath: '/a' }), ({ text }) => text)).toEqual({ ok: true, value: undefined });
});

test('names that would take minutes to read are not read', () => {
  const long = draftElf({ needed: ['x'.repeat(900)] });
  const bytes = new Uint8Array(512 * 1024);
  bytes.set(long);
  const view = new DataView(bytes.buffer);
  const [segmentBytes, dynamicAt] = [56, 8192];
  for (let at = 64; at < 64 + 3 * segmentBytes; at += segmentBytes) {
    if (view.getUint32(at, true) !== 2) continue;
    view.setBigUint64(at + 8, BigInt(dynamicAt), true);
    view.setBigUint64(at + 32, BigInt(bytes.length - dynamicAt), true);
  }
  // The same long name five thousand times, then the string table's place and size.
  const pairs: [number, bigint][] = Array.from({ length: 5000 }, () => [1, 1n]);
  pairs.push([5, view.getBigUint64(512 + 24, true)], [10, view.getBigUint64(512 + 40, true)]);
  for (const [index, [tag, value]] of pairs.entries()) {
    view.setBigUint64(dynamicAt + 16 * index, BigInt(tag), true);
    view.setBigUint64(dynamicAt + 16 * index + 8, value, true);
  }
  expect(readElf(bytes)).toMatchObject({ failure: { code: 'elf/damaged' } });
});

const changes = fc.array(fc.tuple(fc.integer({ min: 0, max: 2200 }), fc.integer({ min: 0, max: 255 })), {
  maxLength: 8,
});

function mutated(whole: Uint8Array, mutations: readonly (readonly [number, number])[], length: number): Uint8Array {
  const bytes = whole.slice(0, length);
  for (const [at, value] of mutations) if (at < bytes.length) bytes[at] = value;
  return bytes;
}

test('a library may have been made to hurt: every answer is a value or a failure', () => {
  const whole = draftElf({ needed: ['liba.so', 'libb.so'], rpath: '/a:/b', versions: ['GLIBC_2.17', 'GLIBC_2.2.5'] });
  fc.assert(
    fc.property(changes, fc.integer({ min: 0, max: whole.length }), (mutations, length) => {
      const bytes = mutated(whole, mutations, length);
      for (const made of [readElf(bytes), rewriteSearch(bytes, ({ text }) => `${text}/x`)]) {
        if (!made.ok) expect(made.failure.code).toMatch(/^elf\//);
      }
    }),
    { numRuns: 500 },
  );
});

test('by ranges the same is read, hostile or not, and only of the file', async () => {
  const whole = draftElf({ needed: ['liba.so'], runpath: '/a', versions: ['GLIBC_2.17'], symbols: ['MPI_Init'] });
  await fc.assert(
    fc.asyncProperty(changes, fc.integer({ min: 0, max: whole.length }), async (mutations, length) => {
      const bytes = mutated(whole, mutations, length);
      const read = async (offset: number, wanted: number) => {
        expect(Number.isSafeInteger(offset) && offset >= 0 && wanted <= 2 ** 27).toBe(true);
        return success(bytes.subarray(offset, offset + wanted));
      };
      expect(await readElfParts(read)).toEqual(readElf(bytes));
      const symbols = await readSymbols(read, 'all', 4096);
      if (!symbols.ok) expect(symbols.failure.code).toMatch(/^elf\//);
    }),
    { numRuns: 300 },
  );
});

test('symbols are told apart by whether they are defined; too many names are not read', async () => {
  for (const kind of KINDS) {
    const bytes = draftElf({
      ...kind,
      needed: ['liba.so'],
      symbols: ['MPI_Init', 'MPI_Send'],
      defined: ['PyInit_MPI'],
    });
    const read = async (offset: number, wanted: number) => success(bytes.subarray(offset, offset + wanted));
    const expected = { defined: new Set(['PyInit_MPI']), undefined: new Set(['MPI_Init', 'MPI_Send']) };
    expect(await readSymbols(read, 'all', 4096)).toEqual(success(expected));
    expect(await readSymbols(read, 'all', 8)).toMatchObject({ failure: { code: 'elf/too-large' } });
  }
});
