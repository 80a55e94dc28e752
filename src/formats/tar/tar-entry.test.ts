import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { pathBytes, pathOfBytes } from '#base';
import { TAR_END_BYTES, type TarEntry, tarEntry, tarPadding } from './index.ts';

// Held to what other programs read: the tar that unpacks on nodes, and Python's.

const scratch = mkdtempSync(join(tmpdir(), 'pharos-tar-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

/** Each file holds zeros, as many as it says. */
function archive(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const bytes = entry.bytes ?? 0;
    return [...tarEntry(entry), new Uint8Array(bytes + tarPadding(bytes))];
  });
  return Buffer.concat([...blocks, new Uint8Array(TAR_END_BYTES)]);
}

/** Any bytes that a name may have. */
const name = (longest: number) =>
  fc
    .uint8Array({ minLength: 1, maxLength: longest })
    .map((bytes) => bytes.map((byte) => (byte === 0 || byte === 0x2f ? 0x5f : byte)));

const place = fc
  .array(name(120), { minLength: 1, maxLength: 3 })
  .map((names) =>
    pathOfBytes(Buffer.concat(names.flatMap((one, index) => (index === 0 ? [one] : [Buffer.from('/'), one])))),
  );

const entry: fc.Arbitrary<TarEntry> = fc.record({
  path: place,
  type: fc.constantFrom('file', 'folder', 'link'),
  mode: fc.constantFrom(0o644, 0o755, 0o600),
  modified: fc.integer({ min: 1e9, max: 1.7e9 }),
  bytes: fc.integer({ min: 0, max: 2000 }),
  target: place,
});

/** With all that stands for nothing left out, and each in a folder of its own. */
function plain({ path, type, mode, modified, bytes, target }: TarEntry, index: number): TarEntry {
  const base = { path: `${index}/${path}`, type, mode, modified };
  if (type === 'file') return { ...base, bytes: bytes ?? 0 };
  return type === 'link' ? { ...base, target: target ?? '' } : base;
}

/** Lengths around the 100 bytes of the header, and what is sampled: always the same. */
const NAMES = [95, 97, 98, 99, 100, 255].map((length) => 'n'.repeat(length));
const entries: readonly TarEntry[] = [
  ...NAMES.map((path): TarEntry => ({ path, type: 'file', mode: 0o644, modified: 1e9, bytes: 1 })),
  ...NAMES.map((path): TarEntry => ({ path, type: 'folder', mode: 0o755, modified: 1e9 })),
  ...NAMES.map((target): TarEntry => ({ path: 'link', type: 'link', mode: 0o777, modified: 1e9, target })),
  ...fc.sample(entry, { numRuns: 60, seed: 5 }),
].map(plain);

const hex = (text: string) => Buffer.from(pathBytes(text)).toString('hex');

test('Python reads what was written', () => {
  const program = `
import io, json, os, sys, tarfile
with tarfile.open(fileobj=io.BytesIO(sys.stdin.buffer.read()), encoding="utf-8", errors="surrogateescape") as file:
    print(json.dumps([[os.fsencode(m.name).hex(), m.type.decode(), m.mode, m.mtime, m.size, os.fsencode(m.linkname).hex(),
                       m.uid, m.gid] for m in file]))`;
  const { stdout } = spawnSync(python, ['-I', '-S', '-c', program], { input: archive(entries), encoding: 'utf8' });
  const types = { file: '0', link: '2', folder: '5' };
  expect(JSON.parse(stdout)).toEqual(
    entries.map(({ path, type, mode, modified, bytes = 0, target = '' }) => [
      ...[hex(path), types[type], mode, modified, bytes, hex(target), 0, 0],
    ]),
  );
});

test('tar unpacks what was written', () => {
  const folder = join(scratch, 'tree');
  mkdirSync(folder);
  execFileSync('tar', ['-xpf', '-', '-C', folder], { input: archive(entries) });
  for (const { path, type, mode, modified, bytes = 0, target = '' } of entries) {
    const at = Buffer.concat([Buffer.from(`${folder}/`), pathBytes(path)]);
    const found = lstatSync(at);
    expect(found.mtimeMs).toBe(modified * 1000);
    if (type === 'link') expect(readlinkSync(at, { encoding: 'buffer' })).toEqual(Buffer.from(pathBytes(target)));
    else expect([found.isDirectory(), found.mode & 0o777]).toEqual([type === 'folder', mode]);
    if (type === 'file') expect(readFileSync(at).length).toBe(bytes);
  }
});

test('a size of more than 8 GiB and a time after 2242 are as they are', () => {
  const [header = new Uint8Array()] = tarEntry({
    path: 'a',
    type: 'file',
    mode: 0o644,
    modified: 2 ** 34,
    bytes: 2 ** 43 + 5,
  });
  const program = `import sys, tarfile
read = tarfile.TarInfo.frombuf(sys.stdin.buffer.read(), "utf-8", "strict")
print(read.size, read.mtime)`;
  expect(spawnSync(python, ['-I', '-S', '-c', program], { input: header, encoding: 'utf8' }).stdout.trim()).toBe(
    `${2 ** 43 + 5} ${2 ** 34}`,
  );
});

test('blocks are whole, and the same each time', () => {
  fc.assert(
    fc.property(entry, (one) => {
      const blocks = tarEntry(one);
      for (const block of blocks) expect(block.length % 512).toBe(0);
      expect(tarEntry(one)).toEqual(blocks);
      expect(((one.bytes ?? 0) + tarPadding(one.bytes ?? 0)) % 512).toBe(0);
    }),
  );
});
