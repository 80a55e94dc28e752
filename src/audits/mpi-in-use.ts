import { type MpiLibrary, mpiConsumers, mpiPackages, mpiVersionOfFile } from '#knowledge';
import type { Found, Loaded } from '#schema';
import { folderOf } from './evidence.ts';

type FoundValue = Found['groups'][number]['value'];
type LoadedValue = Loaded['groups'][number]['value'];
type Distribution = FoundValue['distributions'][number];

/** The MPI library of a rank, as it is known to `fitOf`, and where it came from. */
export interface MpiInUse extends MpiLibrary {
  readonly path: string;
  readonly state: 'loaded' | 'found';
  /** The PyPI distribution that brought it into the environment. */
  readonly distribution?: Distribution;
}

/** PEP 503: one name for all spellings. */
export const normalName = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, '-');

const prefixOf = (sitePackages: string) =>
  sitePackages.replace(/\/lib(64)?\/python[^/]*\/(site|dist)-packages\/?$/, '');

/** The distribution of PyPI that installed this library, if it lies in an environment that has one of its family. */
function distributionOf(path: string, family: string, found: FoundValue | undefined): Distribution | undefined {
  const names = mpiPackages.filter((entry) => entry.family === family).map(({ name }) => name);
  return found?.distributions.find(
    ({ name, folder }) =>
      folder !== undefined && names.includes(normalName(name)) && path.startsWith(`${prefixOf(folder)}/lib/`),
  );
}

function described(library: MpiLibrary & { path: string }, state: MpiInUse['state'], found?: FoundValue): MpiInUse {
  const distribution = distributionOf(library.path, library.family, found);
  const version = library.version ?? distribution?.version ?? mpiVersionOfFile(library.family, library.path);
  return {
    family: library.family,
    path: library.path,
    state,
    ...(version ? { version } : {}),
    ...(library.needed ? { needed: library.needed } : {}),
    ...(distribution ? { distribution } : {}),
  };
}

/** MPI libraries that an import of mpi4py would find, the one that it gets first. */
export function mpiFound(found: FoundValue | undefined): MpiInUse[] {
  return (found?.mpi ?? []).map((library) => described(library, 'found', found));
}

/** The MPI libraries that are mapped; headers of those that were found as well tell how they were built. */
export function mpiLoaded(loaded: LoadedValue | undefined, found: FoundValue | undefined): MpiInUse[] {
  const libraries = (loaded?.libraries ?? []).filter(({ kind }) => kind === 'mpi');
  return libraries.map(({ path, family = 'unknown', version }) => {
    // A link and the file that it leads to lie in one folder.
    const same = found?.mpi.find((other) => other.family === family && folderOf(other.path) === folderOf(path));
    return described({ path, family, version, needed: same?.needed }, 'loaded', found);
  });
}

/** Whether the environment has a package that loads MPI when it is imported. */
export function usesMpi(found: FoundValue | undefined): boolean {
  if (found?.mpi4py) return true;
  return (found?.distributions ?? []).some(({ name }) => mpiConsumers.includes(normalName(name)));
}
