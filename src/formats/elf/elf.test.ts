import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { draftElf, type ElfDraft } from '../../../test/recordings/elf-draft.ts';
import { type Elf, readElf, rewriteSearch, type SearchEntry } from './index.ts';

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
      ...{ machine: 62, bits: kind.bits, needed: draft.needed },
      ...{ soname: 'libx.so', rpath: draft.rpath, glibc: '2.28' },
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

test('segments that are loaded stay in the order of their addresses, and each at its place in a page', () => {
  const bytes = rewritten(draftElf({ rpath: '/a' }), () => '/longer');
  const view = new DataView(bytes.buffer);
  const loads = [0, 1, 2].map((index) => 64 + 56 * index).filter((at) => view.getUint32(at, true) === 1);
  const placed = loads.map((at) => [view.getBigUint64(at + 8, true), view.getBigUint64(at + 16, true)] as const);
  expect(placed.map(([, address]) => address)).toEqual(placed.map(([, address]) => address).toSorted());
  for (const [offset, address] of placed) expect(offset % 4096n).toBe(address % 4096n);
  expect(loads).toHaveLength(2);
});

test('without a note there is no room, and it is said', () => {
  expect(rewriteSearch(draftElf({ runpath: '/a', hasNote: false }), () => '/b')).toMatchObject({
    failure: { code: 'elf/no-room' },
  });
  expect(rewriteSearch(draftElf({ runpath: '/a' }), ({ text }) => text)).toEqual({ ok: true, value: undefined });
});

test('a library may have been made to hurt: every answer is a value or a failure', () => {
  const whole = draftElf({ needed: ['liba.so', 'libb.so'], rpath: '/a:/b', versions: ['GLIBC_2.17', 'GLIBC_2.2.5'] });
  const mutation = fc.array(fc.tuple(fc.integer({ min: 0, max: 2200 }), fc.integer({ min: 0, max: 255 })), {
    maxLength: 8,
  });
  fc.assert(
    fc.property(mutation, fc.integer({ min: 0, max: whole.length }), (changes, length) => {
      const bytes = whole.slice(0, length);
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      for (const made of [readElf(bytes), rewriteSearch(bytes, ({ text }) => `${text}/x`)]) {
        if (!made.ok) expect(made.failure.code).toMatch(/^elf\//);
      }
    }),
    { numRuns: 500 },
  );
});
