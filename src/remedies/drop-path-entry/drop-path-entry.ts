import { startModel, type Without } from '#scale';
import { findPath, SEARCH_PATH_SUBJECTS } from '#schema';
import { dropEntries } from '../drop-entries.ts';
import { isUsed, sawWholeStart } from '../is-used.ts';
import { curesOf, defineRemedy } from '../remedy.ts';

/** Takes the entries out of PYTHONPATH from which nothing was loaded. */
export const dropPathEntry = defineRemedy({
  id: 'drop-path-entry',
  cures: ['deep-search-path'],
  needs: ['run', 'python', 'imports', 'accesses', 'storage', 'target'],

  prescribe(complaints, artifacts) {
    const { python, accesses, run } = artifacts;
    const given = python.searchPaths.PYTHONPATH ?? [];
    // A start that was cut short might have needed the entry later.
    const idle = sawWholeStart(run) ? given.filter((folder) => !isUsed(folder, artifacts)) : [];
    const cures = curesOf(complaints, [SEARCH_PATH_SUBJECTS.pythonpath]);
    if (idle.length === 0) return [];

    const idlePaths = new Set(idle.map((folder) => findPath(accesses.paths, folder)));
    const without: Without = ({ path }) => idlePaths.has(path);
    const saves = startModel(artifacts).saving(without);
    if (cures.length === 0 || saves.value <= 0) return [];

    return [
      {
        ...dropEntries(SEARCH_PATH_SUBJECTS.pythonpath, { given, idle }),
        cures,
        proved: `nothing was imported from or opened below ${idle.join(', ')} in the whole run`,
        saves,
        cut: { without },
        check: 'run the audit again: deep-search-path passes and the same modules are imported (pharos diff)',
        fixer: 'user',
      },
    ];
  },
});
