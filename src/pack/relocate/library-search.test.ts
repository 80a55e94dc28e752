import { expect, test } from 'vitest';
import { readElf } from '#formats/elf';
import { draftElf } from '../../../test/recordings/elf-draft.ts';
import { relocateLibrarySearch } from './library-search.ts';
import type { Surroundings } from './relocation.ts';

/** Only what these tests ask of the machine: /sw moves, and links lead nowhere else. */
const around = {
  stagedFolder: async (path: string) => (path.startsWith('/sw/') && !path.includes('.so') ? path : undefined),
} as unknown as Surroundings;

async function relocated(bytes: Uint8Array) {
  const made = await relocateLibrarySearch({ path: '/sw/zlib/lib/libz.so', mode: 0o755, bytes }, around);
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
