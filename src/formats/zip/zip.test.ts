import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { findZipDirectory, readZipContent, readZipDirectory, ZIP_HEADER_BYTES, ZIP_TAIL_BYTES } from './index.ts';

const scratch = mkdtempSync(join(tmpdir(), 'pharos-zip-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

/** An archive as Python's zipfile writes it. */
function archive(program: string): Buffer {
  const file = join(scratch, 'x.whl');
  const text = `import sys, zipfile, warnings\nwarnings.simplefilter("ignore")\nwith zipfile.ZipFile(sys.argv[1], "w", zipfile.ZIP_DEFLATED) as z:\n    ${program}`;
  const { status, stderr } = spawnSync(python, ['-I', '-S', '-c', text, file], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  return readFileSync(file);
}

function entriesOf(bytes: Buffer) {
  const found = findZipDirectory(bytes.subarray(-ZIP_TAIL_BYTES), bytes.length);
  if (!found.ok) return found;
  const { offset, bytes: length } = found.value;
  return readZipDirectory(bytes.subarray(offset, offset + length), found.value);
}

function contentsOf(bytes: Buffer): Record<string, string> {
  const entries = entriesOf(bytes);
  if (!entries.ok) throw new Error(entries.failure.message);
  return Object.fromEntries(
    entries.value.map((entry) => {
      const header = bytes.subarray(entry.headerOffset, entry.headerOffset + ZIP_HEADER_BYTES);
      const range = readZipContent(header, entry);
      if (!range.ok) throw new Error(range.failure.message);
      const packed = bytes.subarray(range.value.offset, range.value.offset + range.value.bytes);
      const content =
        entry.method === 'stored' ? packed : inflateRawSync(packed, { maxOutputLength: Math.max(entry.bytes, 1) });
      expect(content.length).toBe(entry.bytes);
      expect(crc32(content)).toBe(entry.checksum);
      return [entry.path, content.toString()];
    }),
  );
}

test('files are found, packed or not, folders left out', () => {
  const bytes = archive(
    'z.writestr("a/b.py", "x" * 5000); z.writestr("é.txt", "ü"); z.writestr("s", "as it is", zipfile.ZIP_STORED); z.mkdir("d") if hasattr(z, "mkdir") else z.writestr("d/", ""); z.writestr("empty", ""); z.comment = b"PK\\x05\\x06 a comment"',
  );
  expect(contentsOf(bytes)).toEqual({ 'a/b.py': 'x'.repeat(5000), 'é.txt': 'ü', s: 'as it is', empty: '' });
});

test('an archive of more than 65,535 files is of ZIP64', () => {
  const entries = entriesOf(archive('[z.writestr(str(n), b"", zipfile.ZIP_STORED) for n in range(66000)]'));
  expect(entries.ok && entries.value.length).toBe(66000);
});

test.for([
  ['a path that leads out', 'z.writestr("../x", "")', /leads out/],
  ['an absolute path', 'z.writestr(zipfile.ZipInfo("/etc/x"), "")', /leads out/],
  ['two files of one name', 'z.writestr("a", "1"); z.writestr("a", "2")', /one name/],
  ['another method', 'z.writestr("a", "1" * 99, zipfile.ZIP_LZMA)', /packed in a way/],
] as const)('%s is refused', ([, program, message]) => {
  const entries = entriesOf(archive(program));
  expect(entries.ok ? '' : entries.failure.message).toMatch(message);
});

test('files that lie over each other, or are larger than they can be, are refused', () => {
  const bytes = archive('z.writestr("a", "1" * 99); z.writestr("b", "2" * 99)');
  const directory = bytes.indexOf('PK\x01\x02');
  const second = bytes.indexOf('PK\x01\x02', directory + 4);
  const over = Buffer.from(bytes);
  over.writeUInt32LE(0, second + 42);
  expect(entriesOf(over)).toMatchObject({ failure: { message: '"b" lies over another file' } });
  const bomb = Buffer.from(bytes);
  bomb.writeUInt32LE(0xfffffff0, directory + 24);
  expect(entriesOf(bomb)).toMatchObject({ failure: { message: '"a" cannot be as large as it says' } });
});

test('nothing is thrown for any bytes, nor for an archive with some changed or cut off', () => {
  const whole = archive('z.writestr("a/b", "1" * 99); z.writestr("b", "2" * 99)');
  const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
  const changed = fc.tuple(fc.array(change, { maxLength: 6 }), fc.nat(whole.length)).map(([changes, length]) => {
    const copy = Buffer.from(whole);
    for (const { at, byte } of changes) copy[at] = byte;
    return length % 2 === 0 ? copy : copy.subarray(0, length);
  });
  const any = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));
  fc.assert(
    fc.property(fc.oneof(any, changed), (bytes) => {
      const entries = entriesOf(bytes);
      if (!entries.ok) return;
      for (const entry of entries.value) {
        readZipContent(bytes.subarray(entry.headerOffset, entry.headerOffset + ZIP_HEADER_BYTES), entry);
      }
    }),
    { numRuns: 500 },
  );
});
