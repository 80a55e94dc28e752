import { shellPath } from '#base';
import { startModel, type Without } from '#scale';
import { isWithin } from '#schema';
import { below, isUsed, sawWholeStart } from '../is-used.ts';
import { defineRemedy, subjectsOf } from '../remedy.ts';

const listOf = (folders: readonly string[]) => folders.map(shellPath).join(':');

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
    if (idle.length === 0) return [];

    const tests = idle.map((folder) => below(accesses.paths, folder));
    const without: Without = ({ path, cause }) => cause === 'library-search' && tests.some((isBelow) => isBelow(path));
    const saves = startModel(artifacts).saving(without);
    if (saves.value <= 0) return [];

    const kept = given.filter((folder) => !idle.includes(folder));
    const entries = idle.length === 1 ? 'an entry' : `${idle.length} entries`;
    return [
      {
        title: `Take ${entries} out of LD_LIBRARY_PATH`,
        cures: subjectsOf(complaints),
        proved: `no library was loaded from ${idle.join(', ')} in the whole run`,
        saves,
        cut: { without },
        steps: [kept.length === 0 ? 'unset LD_LIBRARY_PATH' : `export LD_LIBRARY_PATH=${listOf(kept)}`],
        undo: `export LD_LIBRARY_PATH=${listOf(given)}`,
        check: 'run the audit again: deep-library-path passes and the same libraries are loaded (pharos diff)',
        fixer: 'user',
      },
    ];
  },
});
