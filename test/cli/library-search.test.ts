import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readElf, rewriteSearch } from '../../src/formats/elf/index.ts';

// Libraries as compilers make them, in a chain of absolute search paths; copied, changed, and loaded where nothing is left
// of the original. Linkers lay files out in many ways: each of them here once gave another tool trouble.

const hasCompiler = spawnSync('gcc', ['--version']).status === 0;
if (!hasCompiler) console.warn('skipped: staged libraries find each other: this machine has no gcc');
const python = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

const SOURCES = {
  three: 'int room[300000]; _Thread_local int own = 3; int three(void) { return own + room[299999]; }',
  two: 'int three(void); static int (*const table[])(void) = {three}; int two(void) { return 10 * table[0]() + 2; }',
  one: 'int two(void); int one(void) { return 10 * two() + 1; }',
  main: '#include <stdio.h>\n#include <stdlib.h>\nint one(void); int main(void) { char *p = malloc(1 << 22); p[1] = 1; printf("%d", one() + p[1] - 1); return 0; }',
};

const WAYS: Readonly<Record<string, readonly string[]>> = {
  'DT_RPATH, as Spack asks for': ['-Wl,--disable-new-dtags'],
  DT_RUNPATH: ['-Wl,--enable-new-dtags'],
  'no note of the build': ['-Wl,--disable-new-dtags', '-Wl,--build-id=none', '-Wl,-z,noseparate-code'],
  'huge pages': ['-Wl,--disable-new-dtags', '-Wl,-z,max-page-size=2097152', '-Wl,-z,common-page-size=2097152'],
  'pages of 64 KiB': ['-Wl,--disable-new-dtags', '-Wl,-z,max-page-size=65536', '-Wl,-z,separate-code'],
  'the old hash, bound at start': ['-Wl,--disable-new-dtags', '-Wl,--hash-style=sysv', '-Wl,-z,now', '-Wl,-z,relro'],
  'packed relocations': ['-Wl,--disable-new-dtags', '-Wl,-z,pack-relative-relocs'],
  'another linker': ['-fuse-ld=gold', '-Wl,--disable-new-dtags', '-Wl,--build-id=none'],
};

let scratch: string;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'pharos-search-'));
});
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** Folders of a store, as Spack's: each library in a prefix of its own. */
const placeOf = (root: string, name: string) =>
  join(root, `${name}-1.0/lib`, name === 'main' ? 'main' : `lib${name}.so`);

function build(root: string, flags: readonly string[]): void {
  const chain = ['three', 'two', 'one', 'main'] as const;
  for (const [index, name] of chain.entries()) {
    const path = placeOf(root, name);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(`${path}.c`, SOURCES[name]);
    const kind = name === 'main' ? ['-rdynamic'] : ['-shared', '-fPIC'];
    const before = chain.slice(0, index).map((each) => join(placeOf(root, each), '..'));
    const search = before.flatMap((folder) => [`-L${folder}`, `-Wl,-rpath,${folder}`]);
    const needed = index === 0 ? [] : [`-l${chain[index - 1]}`];
    execFileSync('gcc', [...kind, '-o', path, `${path}.c`, ...search, ...needed, ...flags], { stdio: 'pipe' });
  }
}

/** Changes a copy of each file as packing does. */
function stage(root: string, to: string, withoutNotes: boolean): void {
  for (const name of ['three', 'two', 'one', 'main']) {
    const [from, path] = [placeOf(root, name), placeOf(to, name)];
    mkdirSync(join(path, '..'), { recursive: true });
    const bytes = new Uint8Array(readFileSync(from));
    if (withoutNotes && name !== 'main') dropNotes(bytes);
    const made = rewriteSearch(bytes, ({ text }) => text.replaceAll(root, '$ORIGIN/../..'));
    if (!made.ok) throw new Error(`${name}: ${made.failure.message}`);
    writeFileSync(path, made.value ?? bytes, { mode: 0o755 });
  }
}

/** As compilers make them that write no notes: their headers are of an unknown kind, which loaders pass over. */
function dropNotes(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const little = bytes[5] === 1;
  const first = Number(view.getBigUint64(32, little));
  for (let index = 0; index < view.getUint16(56, little); index += 1) {
    const at = first + 56 * index;
    if (view.getUint32(at, little) === 4) view.setUint32(at, 0, little);
  }
}

describe.skipIf(!hasCompiler)('staged libraries find each other (needs gcc)', () => {
  const ways = Object.entries(WAYS).filter(([, flags]) => {
    const tried = spawnSync('gcc', ['-shared', '-o', '/dev/null', '-xc', '/dev/null', ...flags]);
    return tried.status === 0;
  });

  test('most ways of linking are known here', () => expect(ways.length).toBeGreaterThan(4));

  test.for(ways.flatMap(([way, flags]) => [false, true].map((without) => [way, without, flags] as const)))(
    '%s, notes left out: %s',
    ([way, without, flags]) => {
      const root = join(scratch, 'store');
      const to = join(scratch, `${way.replaceAll(/\W/g, '-')}-${without}`);
      build(root, flags);
      stage(root, to, without);
      rmSync(root, { recursive: true });
      for (const name of ['three', 'two', 'one', 'main']) {
        const elf = readElf(readFileSync(placeOf(to, name)));
        expect(elf.ok && `${elf.value.rpath ?? ''}${elf.value.runpath ?? ''}`).not.toContain(root);
        const told = spawnSync('readelf', ['--wide', '--all', placeOf(to, name)], { encoding: 'utf8' });
        expect(`${told.stderr}${/^readelf: .*$/m.exec(told.stdout) ?? ''}`).toBe('');
      }
      expect(execFileSync(placeOf(to, 'main'), { encoding: 'utf8' })).toBe('321');
      const load = `import ctypes; print(ctypes.CDLL("${placeOf(to, 'one')}").one())`;
      expect(execFileSync(python, ['-c', load], { encoding: 'utf8' })).toBe('321\n');
    },
  );
});
