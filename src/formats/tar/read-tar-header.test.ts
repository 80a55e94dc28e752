import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pathBytes, pathOfBytes } from '#base';
import { readTarHeader } from './read-tar-header.ts';
import { tarEntry } from './tar-entry.ts';

test('reads what was written', () => {
  const entry = fc.record({
    path: fc.stringMatching(/^[a-z]{1,40}(\/[a-zé]{1,9}){0,4}$/),
    bytes: fc.oneof(fc.nat(), fc.maxSafeNat()),
  });
  fc.assert(
    fc.property(entry, ({ path, bytes }) => {
      const [block = new Uint8Array(0)] = tarEntry({ path, type: 'file', mode: 0o644, modified: 1, bytes });
      const header = readTarHeader(block);
      expect(header).toMatchObject({ type: '0', bytes });
      expect(pathOfBytes(header?.name ?? new Uint8Array(0))).toBe(path);
    }),
  );
});

test('a long name is the content of an entry before', () => {
  const path = `${'deep/'.repeat(40)}x`;
  const [first = new Uint8Array(0), content, last = new Uint8Array(0)] = tarEntry({
    path,
    type: 'file',
    mode: 0o644,
    modified: 1,
    bytes: 5,
  });
  expect(readTarHeader(first)).toMatchObject({ type: 'L', bytes: path.length + 1 });
  expect(content?.subarray(0, path.length)).toEqual(pathBytes(path));
  expect(readTarHeader(last)).toMatchObject({ type: '0', bytes: 5 });
});

test('leaves the block as it is', () => {
  const [block = new Uint8Array(0)] = tarEntry({ path: 'a', type: 'file', mode: 0o644, modified: 1, bytes: 1 });
  const buffer = Buffer.from(block);
  expect(readTarHeader(buffer)).toMatchObject({ bytes: 1 });
  expect(buffer).toEqual(Buffer.from(block));
});

test('for any block nothing is thrown, and one that is not whole is none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 500, maxLength: 520 }), (block) => {
      readTarHeader(block);
    }),
  );
  expect(readTarHeader(new Uint8Array(512))).toBeUndefined();
  expect(readTarHeader(new Uint8Array(511))).toBeUndefined();
});
