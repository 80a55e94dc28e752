import { startModel, type Without } from '#scale';
import { isWithin, LIBRARY_PATH_SUBJECTS } from '#schema';
import { dropEntries } from '../drop-entries.ts';
import { below, isUsed, sawWholeStart } from '../is-used.ts';
import { curesOf, defineRemedy } from '../remedy.ts';

/** Takes the entries out of LD_LIBRARY_PATH from which no library was loaded. */
export const dropLibraryPathEntry = defineRemedy({
  id: 'drop-library-path-entry',
  cures: ['deep-library-path'],
  needs: ['run', 'python', 'imports', 'libraries', 'accesses', 'storage', 'target'],

  prescribe(complaints, artifacts) {
    const { python, accesses, run, libraries } = artifacts;
    // Without the loader's own calls nobody knows what it found where.
    if (accesses.coverage !== 'complete' || !sawWholeStart(run)) return [];
    const given = python.searchPaths.LD_LIBRARY_PATH ?? [];
    const loads = (folder: string) => libraries.libraries.some(({ path }) => isWithin(path, folder));
    const idle = given.filter((folder) => !loads(folder) && !isUsed(folder, artifacts));
    const cures = curesOf(complaints, [LIBRARY_PATH_SUBJECTS.environment]);
    if (idle.length === 0) return [];

    const tests = idle.map((folder) => below(accesses.paths, folder));
    const without: Without = ({ path, cause }) => cause === 'library-search' && tests.some((isBelow) => isBelow(path));
    const saves = startModel(artifacts).saving(without);
    if (cures.length === 0 || saves.value <= 0) return [];

    return [
      {
        ...dropEntries(LIBRARY_PATH_SUBJECTS.environment, { given, idle }),
        cures,
        proved: `no library was loaded from ${idle.join(', ')} in the whole run`,
        saves,
        cut: { without },
        check: 'run the audit again: deep-library-path passes and the same libraries are loaded (pharos diff)',
        fixer: 'user',
      },
    ];
  },
});
