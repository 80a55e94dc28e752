import { shellPath } from '#base';
import { siteLibraryKind } from '#knowledge';
import { type Artifacts, type MpiFamily, ownerOf } from '#schema';

// Of an environment on disk: whose a file is, and what it gets.

type Environment = Artifacts['environment'];
export type NativeObject = Environment['objects'][number];

/** `numpy 2.2.6`. */
export function bringerOf(environment: Environment, object: NativeObject): string {
  const { name, version } = ownerOf(environment, object);
  return version === undefined ? name : `${name} ${version}`;
}

/** Libraries that a machine brings and no environment has to: of an MPI, of a driver. */
export const isOfMpi = (name: string): boolean => siteLibraryKind(name) === 'MPI';
/** An MPI library itself, which a SONAME is of: not its Fortran part, nor its layer for GPUs. */
export const isMpiItself = (name: string): boolean =>
  /^lib(?:mpi|mpich|mpi_abi|mpi_mt|mpi_(?:gnu|cray|intel|nvidia|aocc|amd|pgi)(?:_\d+)?)\.so\./.test(name);
export const isOfDriver = (name: string): boolean => siteLibraryKind(name) === 'GPU driver';

/** Objects together with those who brought them, in the order in which they were read. */
export function byBringer(
  environment: Environment,
  objects: readonly NativeObject[],
): ReadonlyMap<string, readonly NativeObject[]> {
  const groups = new Map<string, NativeObject[]>();
  for (const object of objects) {
    const bringer = bringerOf(environment, object);
    groups.set(bringer, [...(groups.get(bringer) ?? []), object]);
  }
  return groups;
}

/** mpi4py's wheels have one module for each ABI, of which one is taken. */
const ONE_OF_SEVERAL = /\/mpi4py\/MPI\.(?:mpich|openmpi|mpiabi|impi)\.[^/]*$/;
/** The parts of an MPI need each other. */
const PART_OF_MPI = /^lib(?:p?mpi|open-|mca_|pmi|oshmem)/;

/** Files that were built for one MPI alone: no part of an MPI, and no module of which there is one for each. */
export const builtForOneMpi = (objects: readonly NativeObject[]): NativeObject[] =>
  objects.filter(
    ({ path, needed, mpi }) =>
      (mpi !== undefined || needed.some(isMpiItself)) &&
      !ONE_OF_SEVERAL.test(path) &&
      !PART_OF_MPI.test(path.slice(path.lastIndexOf('/') + 1)),
  );

/** Families whose libraries take each other's place: https://www.mpich.org/abi/. */
export function mpiAbiOf(family: MpiFamily): 'openmpi' | 'mpich' | 'standard-abi' | undefined {
  if (family === 'unknown') return undefined;
  return family === 'openmpi' || family === 'standard-abi' ? family : 'mpich';
}

/** Wheels built before lie in the caches of pip and uv under the same name, whatever MPI they were built for. */
export function rebuildCommand(bringer: string): string {
  const name = shellPath(bringer.split(' ')[0] ?? '');
  return `python -m pip install --no-cache-dir --force-reinstall --no-deps --no-binary ${name} ${name}`;
}

/** Those that the interpreter of this machine could load; others are a matter of `foreign-wheel`. */
export const ofThisMachine = (
  { objects }: Environment,
  { machine, bits }: Pick<Artifacts['linkage'], 'machine' | 'bits'>,
) => objects.filter((object) => object.machine === machine && object.bits === bits);

/** Names and SONAMEs that files of the environment answer to. */
export const namesInside = ({ objects }: Environment): ReadonlySet<string> =>
  new Set(objects.flatMap(({ path, soname }) => [path.slice(path.lastIndexOf('/') + 1), ...(soname ? [soname] : [])]));
