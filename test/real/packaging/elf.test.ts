import { globSync, readFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Elf, type PartReader, readElf, readElfParts, readSymbols } from '../../../src/formats/elf/index.ts';
import { lacks } from '../machine.ts';
import { analysis, foreignWheels } from './environments.ts';
import { askReadelf, askSymbols, type Told } from './readelf.ts';

/** In the words of the oracle. */
function told(elf: Elf): Told {
  const { glibc, isaNeeded = [], protections, flags, ...rest } = elf;
  return { ...rest, isaNeeded, flags: [...flags].sort() };
}

async function byRanges<Value>(path: string, use: (read: PartReader) => Promise<Value>) {
  const file = await open(path);
  let bytes = 0;
  try {
    const value = await use(async (offset, wanted) => {
      const { bytesRead, buffer } = await file.read(new Uint8Array(wanted), 0, wanted, offset);
      bytes += bytesRead;
      return { ok: true, value: buffer.subarray(0, bytesRead) };
    });
    return { value, bytes, of: (await file.stat()).size };
  } finally {
    await file.close();
  }
}

const objectsIn = (folder: string) =>
  globSync('**/*.so*', { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => readFileSync(path).subarray(0, 4).toString('latin1') === '\x7fELF');

describe.skipIf(lacks('what readelf says', 'readelf'))('as readelf reads', () => {
  test.for([
    ['an environment of data analysis', () => objectsIn(analysis()), 350],
    ['wheels for other machines', () => objectsIn(foreignWheels()), 60],
    ['the libraries of this system', () => objectsIn('/usr/lib'), 400],
  ] as const)('%s: every field', async ([what, list, least]) => {
    const paths = list();
    const oracle = askReadelf(paths);
    let [bytes, of] = [0, 0];
    const different: unknown[] = [];
    for (const path of paths) {
      const read = await byRanges(path, readElfParts);
      [bytes, of] = [bytes + read.bytes, of + read.of];
      const ours = read.value.ok ? told(read.value.value) : read.value.failure;
      try {
        expect(ours).toEqual(oracle.get(path));
      } catch {
        different.push({ path, ours, readelf: oracle.get(path) });
      }
    }
    console.info(
      `elf: ${what}: ${paths.length - different.length} of ${paths.length} files as readelf tells, ${((100 * bytes) / of).toFixed(1)} % of ${(of / 1e6).toFixed(0)} MB read`,
    );
    expect(different).toEqual([]);
    expect(paths.length).toBeGreaterThan(least);
  });

  test('names of dynamic symbols', async () => {
    const paths = [...objectsIn(analysis()), ...objectsIn(foreignWheels())].filter((_, index) => index % 5 === 0);
    for (const path of paths) {
      const { value: symbols } = await byRanges(path, (read) => readSymbols(read, 'all', 2 ** 26));
      const wanted = await byRanges(path, (read) => readSymbols(read, 'undefined', 2 ** 26));
      const oracle = askSymbols(path);
      expect({ path, ...symbols }).toEqual({ path, ok: true, value: oracle });
      // What is asked for alone may lack what stands behind the defined ones; linkers put nothing there.
      expect({ path, ...wanted.value }).toMatchObject({ path, value: { undefined: oracle.undefined } });
    }
    console.info(`elf: symbols of ${paths.length} files as readelf names them`);
  });

  test('read by ranges and as a whole, a file tells the same', async () => {
    for (const path of objectsIn(foreignWheels())) {
      expect((await byRanges(path, readElfParts)).value).toEqual(readElf(readFileSync(path)));
    }
  });
});
