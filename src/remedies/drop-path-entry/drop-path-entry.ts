import { shellPath } from '#base';
import { startModel, type Without } from '#scale';
import { findPath } from '#schema';
import { isUsed, sawWholeStart } from '../is-used.ts';
import { defineRemedy, subjectsOf } from '../remedy.ts';

const listOf = (folders: readonly string[]) => folders.map(shellPath).join(':');

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
    if (idle.length === 0) return [];

    const idlePaths = new Set(idle.map((folder) => findPath(accesses.paths, folder)));
    const without: Without = ({ path }) => idlePaths.has(path);
    const saves = startModel(artifacts).saving(without);
    if (saves.value <= 0) return [];

    const kept = given.filter((folder) => !idle.includes(folder));
    const entries = idle.length === 1 ? 'an entry' : `${idle.length} entries`;
    return [
      {
        title: `Take ${entries} out of PYTHONPATH`,
        cures: subjectsOf(complaints),
        proved: `nothing was imported from or opened below ${idle.join(', ')} in the whole run`,
        saves,
        cut: { without },
        steps: [kept.length === 0 ? 'unset PYTHONPATH' : `export PYTHONPATH=${listOf(kept)}`],
        undo: `export PYTHONPATH=${listOf(given)}`,
        check: 'run the audit again: deep-search-path passes and the same modules are imported (pharos diff)',
        fixer: 'user',
      },
    ];
  },
});
