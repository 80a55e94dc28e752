import { nameOf, type Result, success } from '#base';
import type { Elf } from '#formats/elf';
import type { Host } from '#host';
import type { NativeObject } from '#schema';
import { type ReadObjects, readOnce } from './read-once.ts';
import type { WalkedFile } from './walk-folder.ts';

/** `MPI.cpython-312-x86_64-linux-gnu.so`, `_core.abi3.so`; of older ones only `.so`, which libraries have as well. */
const EXTENSION = /\.(?:cpython-\w+(?:-[\w.]+)*|abi3t?|pypy\w*(?:-\w+)*)\.so$/;
/** What auditwheel, delocate and their like name folders of copied libraries. */
const BUNDLED = /\/[\w.-]+\.libs\/|\/\.dylibs\//;

function kindOf({ path, name }: WalkedFile): NativeObject['kind'] {
  if (EXTENSION.test(name)) return 'extension';
  if (BUNDLED.test(path)) return 'bundled';
  return name.startsWith('lib') || !name.endsWith('.so') ? 'library' : 'extension';
}

const tell = (elf: Elf): Omit<NativeObject, 'path' | 'kind' | 'bytes'> => ({
  ...{ machine: elf.machine, bits: elf.bits, order: elf.order, needed: [...elf.needed], flags: [...elf.flags] },
  versionsNeeded: elf.versionsNeeded.map(({ file, versions }) => ({ file, versions: [...versions] })),
  versionsDefined: [...elf.versionsDefined],
  ...(elf.soname === undefined ? {} : { soname: elf.soname }),
  ...(elf.rpath === undefined ? {} : { rpath: elf.rpath }),
  ...(elf.runpath === undefined ? {} : { runpath: elf.runpath }),
  ...(elf.glibc === undefined ? {} : { glibc: elf.glibc }),
  ...(elf.isaNeeded === undefined ? {} : { isaNeeded: [...elf.isaNeeded] }),
  ...(elf.buildId === undefined ? {} : { buildId: elf.buildId }),
});

export interface ReadObject {
  readonly object: NativeObject;
  /** Of the file, whatever its names. */
  readonly identity: string;
}

/** Undefined: it is none, as a linker script or a text that ends with `.so`. */
export async function readObject(
  host: Host,
  file: WalkedFile,
  known: ReadObjects,
): Promise<Result<ReadObject | undefined>> {
  const real = file.isLink ? await host.realPath(file.path) : success(undefined);
  const read = await host.within(file.path, async (open) => ({
    ...{ bytes: open.bytes, identity: open.identity },
    elf: await readOnce(open, known),
  }));
  if (!read.ok) return read;
  const { bytes, identity, elf } = read.value;
  if (!elf.ok) return elf.failure.code === 'elf/other-format' ? success(undefined) : elf;
  const realPath = real.ok && real.value !== undefined && nameOf(real.value) !== '' ? { realPath: real.value } : {};
  const object = { path: file.path, ...realPath, kind: kindOf(file), bytes, ...tell(elf.value) };
  return success({ object, identity });
}
