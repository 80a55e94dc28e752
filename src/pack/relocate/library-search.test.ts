import { expect, test } from 'vitest';
import { readElf } from '#formats/elf';
import { draftElf } from '../../../test/recordings/elf-draft.ts';
import { relocateLibrarySearch } from './library-search.ts';
import type { Surroundings } from './relocation.ts';

/** Only what these tests ask of the machine: /sw moves, and links lead nowhere else. */
const around = {
  stagedFolder: async (path: string) => (path.startsWith('/sw/') && !path.includes('.so') ? path : undefined),
  reachedFrom: () => [],
} as unknown as Surroundings;

async function relocated(bytes: Uint8Array, there = around) {
  const made = await relocateLibrarySearch({ path: '/sw/zlib/lib/libz.so', mode: 0o755, bytes }, there);
  if (!made) return undefined;
  const elf = made.ok ? readElf(made.value.bytes) : made;
  if (!elf.ok) throw new Error('it is no longer a library');
  return elf.value;
}

test('folders that move are seen from the library, others stay', async () => {
  const elf = await relocated(
    draftElf({ rpath: '/sw/gcc/lib64:/usr/lib/mpi:$ORIGIN/x', needed: ['/sw/m/libm.so', 'libc.so.6'] }),
  );
  expect(elf).toMatchObject({
    rpath: '$ORIGIN/../../gcc/lib64:/usr/lib/mpi:$ORIGIN/x',
    needed: ['$ORIGIN/../../m/libm.so', 'libc.so.6'],
  });
});

test('nothing is done where nothing moves, or it is no library', async () => {
  expect(await relocated(draftElf({ runpath: '/usr/lib:$ORIGIN/../lib' }))).toBeUndefined();
  expect(await relocated(new TextEncoder().encode('RPATH=/sw/lib'))).toBeUndefined();
  expect(await relocated(draftElf({ runpath: '/sw/lib', isProgram: true, note: 'none' }))).toBeUndefined();
});

/** A view, as Spack makes: one folder with a link to each library of the store. */
function viewOver(files: Readonly<Record<string, string>>): Surroundings {
  const places = { find: async (path: string) => (files[path] === undefined ? undefined : { path: files[path] }) };
  return { ...around, places, reachedFrom: () => ['/sw/env/view/lib'] } as unknown as Surroundings;
}

const STORE = { '/sw/gcc/lib64/libm.so': '/sw/gcc/lib64/libm.so', '/sw/zlib/lib/libm.so': '/sw/zlib/lib/libm.so' };

test('a library is found by its links too: the loader takes the folder of the link for its origin', async () => {
  const bytes = draftElf({ rpath: '/sw/gcc/lib64:/usr/lib/mpi', needed: ['libm.so', '/sw/x/libx.so'] });
  expect(await relocated(bytes, viewOver(STORE))).toMatchObject({
    rpath: '$ORIGIN/../../gcc/lib64:/usr/lib/mpi:$ORIGIN/../../../gcc/lib64',
    needed: ['libm.so', '/sw/x/libx.so'],
  });
});

test('it stays as it is where another library of the same name would be found from a link', async () => {
  const bytes = draftElf({ rpath: '/sw/zlib/lib:/sw/gcc/lib64', needed: ['libm.so'] });
  const same = { ...STORE, '/sw/env/view/lib/libm.so': '/sw/zlib/lib/libm.so' };
  expect(await relocated(bytes, viewOver(same))).toMatchObject({ rpath: expect.stringContaining('$ORIGIN/.:') });
  const other = { ...STORE, '/sw/env/view/lib/libm.so': '/sw/new/lib/libm.so' };
  expect(await relocated(bytes, viewOver(other))).toBeUndefined();
});
