import { inOrder, join, nameOf } from '#base';
import type { Symbols } from '#formats/elf';
import type { Host } from '#host';
import { mpiConsumers } from '#knowledge';
import type { Environment, Linkage, MpiFamily, NativeObject } from '#schema';
import type { Linker } from './read-linkage.ts';
import { readNames } from './read-names.ts';

// For which MPI a file was built, and whose MPI a library is, by symbols: `libmpi.so.12` is MPICH's, and was Open MPI 1.10's.
// Handles of Open MPI are addresses of its objects, https://github.com/open-mpi/ompi/blob/v5.0.10/ompi/include/mpi.h.in;
// those of MPICH are numbers, https://github.com/pmodels/mpich/blob/v4.3.2/src/include/mpi.h.in.

type BuiltFor = NonNullable<NativeObject['mpi']>;

/** The library itself, not its Fortran part or its layer for GPUs. */
const LIBRARY =
  /^lib(?:mpi|mpich|mpi_abi|mpi_mt|mpi_(?:gnu|cray|intel|nvidia|aocc|amd|pgi)(?:_\d+)?)(?:-[0-9a-f]{8,64})?\.so(?:\.|$)/;
const STANDARD = /^libmpi_abi\.so/;
const CRAY = /^libmpi_(?:gnu|cray|intel|nvidia|aocc|amd|pgi)(?:_\d+)?\.so/;
const MPICH_NAME = /^lib(?:mpi|mpi_mt)(?:-[0-9a-f]{8,64})?\.so\.12$|^libmpich\.so\./;

const MARKS: readonly (readonly [MpiFamily, readonly string[]])[] = [
  ['openmpi', ['ompi_mpi_comm_self', 'ompi_mpi_comm_world']],
  ['intel', ['I_MPI_Check_image_status']],
  ['cray', ['MPIDI_CRAY_init']],
  ['mvapich', ['mv2_get_arch_hca_type', 'mv2_get_arch_type']],
];
const MPICH = ['MPIR_Err_create_code', 'MPIR_Err_return_comm', 'MPIR_Dup_fn'];

/** Whose MPI a library is; undefined where it is none. */
export function mpiFamilyOf(name: string, { defined }: Symbols): MpiFamily | undefined {
  if (!defined.has('MPI_Init')) return undefined;
  if (STANDARD.test(name)) return 'standard-abi';
  const marked = MARKS.find(([, symbols]) => symbols.some((symbol) => defined.has(symbol)));
  if (marked) return marked[0];
  if (CRAY.test(name)) return 'cray';
  return MPICH.some((symbol) => defined.has(symbol)) ? 'mpich' : 'unknown';
}

/** For which MPI a file was built, by what it wants of others; undefined where it uses none. */
export function mpiBuiltFor(needed: readonly string[], { undefined: wanted }: Symbols): BuiltFor | undefined {
  const names = [...wanted];
  if (names.some((name) => name.startsWith('ompi_mpi_'))) return 'openmpi';
  if (!names.some((name) => /^P?MPI_[A-Z]/.test(name))) return undefined;
  const library = needed.find((name) => LIBRARY.test(name));
  if (library === undefined) return 'any';
  if (STANDARD.test(library)) return 'standard-abi';
  return MPICH_NAME.test(library) || CRAY.test(library) ? 'mpich' : 'openmpi';
}

const usesMpi = (requires: readonly string[]): boolean =>
  requires.some((one) => mpiConsumers.includes(/^[\w.-]+/.exec(one)?.[0]?.toLowerCase() ?? ''));

/** Objects with the MPI that they were built for. Only those are opened that need an MPI, or are of who needs mpi4py. */
export async function tellMpiUse(
  host: Host,
  { objects, distributions }: Pick<Environment, 'objects' | 'distributions'>,
): Promise<NativeObject[]> {
  const isAsked = ({ needed, kind, distribution }: NativeObject) =>
    needed.some((name) => LIBRARY.test(name)) ||
    (kind === 'extension' && distribution !== undefined && usesMpi(distributions[distribution]?.requires ?? []));
  const told: NativeObject[] = [];
  const asked = inOrder(
    objects,
    () => 1,
    async (object) => (isAsked(object) ? readNames(host, object.path, 'undefined') : undefined),
  );
  for await (const [object, symbols] of asked) {
    const mpi = symbols && mpiBuiltFor(object.needed, symbols);
    told.push(mpi === undefined ? object : { ...object, mpi });
  }
  return told;
}

type MpiHere = NonNullable<Linkage['mpi']>;

/** What the loader finds by name: folders of LD_LIBRARY_PATH, its cache, its default folders. */
async function listNamed(host: Host, { machine }: Linker): Promise<string[]> {
  const paths = machine.cache.filter(({ name }) => LIBRARY.test(name)).map(({ path }) => path);
  const folders = [...(machine.libraryPath ?? '').split(/[:;]/).filter((one) => one !== ''), ...machine.defaultFolders];
  for (const folder of folders) {
    const listed = await host.list(folder);
    const names = (listed.ok ? listed.value : []).map(({ name }) => name).filter((name) => LIBRARY.test(name));
    paths.push(...names.sort().map((name) => join(folder, name)));
  }
  return [...new Set(paths)];
}

/** MPI libraries of a machine that its loader knows without a path, each file by its SONAME and once. */
export async function listMpiHere(host: Host, linker: Linker): Promise<MpiHere> {
  const here = new Map<string, MpiHere[number]>();
  for (const path of await listNamed(host, linker)) {
    const opened = await linker.machine.open(path);
    if (opened.kind !== 'object' || opened.elf.machine !== linker.program.elf.machine) continue;
    const name = opened.elf.soname ?? nameOf(path);
    const symbols = here.has(opened.identity) ? undefined : await readNames(host, path, 'all');
    const family = symbols && mpiFamilyOf(name, symbols);
    if (family !== undefined) here.set(opened.identity, { path, name, family });
  }
  return [...here.values()];
}

/** Whose MPI the libraries are that an environment gets from outside. */
export async function tellMpiOutside(host: Host, outside: Linkage['outside']): Promise<Linkage['outside']> {
  const told: Linkage['outside'] = [];
  for (const library of outside) {
    const name = library.soname ?? nameOf(library.path);
    const symbols = LIBRARY.test(name) ? await readNames(host, library.path, 'all') : undefined;
    const mpi = symbols && mpiFamilyOf(name, symbols);
    told.push(mpi === undefined ? library : { ...library, mpi });
  }
  return told;
}
