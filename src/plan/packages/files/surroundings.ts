import { folderOf } from '#base';
import type { PackagePlan } from '#schema';

/** What the environment's programs need around them, for shells and modules alike. */
export interface Surroundings {
  readonly modules: readonly string[];
  readonly set: readonly { readonly name: string; readonly value: string }[];
  /** Before what LD_LIBRARY_PATH has. */
  readonly libraryFolders: readonly string[];
}

const unique = (all: readonly string[]) => [...new Set(all)];

export function surroundingsOf({ mpi, modules, decisions }: PackagePlan, linksFolder: string): Surroundings {
  const isLinked = decisions.some(({ links }) => links.length > 0);
  // A build asks the loader for the library, which may not know its folder; a module of the MPI tells it.
  const isBuilt = decisions.some(({ build }) => build !== undefined);
  const own = mpi && isBuilt && !mpi.isFound && modules.length === 0 ? [folderOf(mpi.library)] : [];
  const asked = decisions.flatMap(({ from, ask }) => (from === 'setting' && ask !== undefined ? [ask] : []));
  return {
    modules: unique([...modules, ...asked]),
    set: [
      // What lies in ~/.local would be taken before the environment's own.
      { name: 'PYTHONNOUSERSITE', value: '1' },
      ...decisions.flatMap(({ settings }) => settings),
    ],
    libraryFolders: [...(isLinked ? [linksFolder] : []), ...own],
  };
}
