import { startModel, type Without } from '#scale';
import { findPath, SEARCH_PATH_SUBJECTS } from '#schema';
import { below, isUsed, sawWholeStart } from '../is-used.ts';
import { curesOf, defineRemedy } from '../remedy.ts';

/** Switches the user's site folder off, when nothing was loaded from it. */
export const skipUserSite = defineRemedy({
  id: 'skip-user-site',
  cures: ['home-user-site', 'deep-search-path'],
  needs: ['run', 'python', 'imports', 'accesses', 'storage', 'target'],

  prescribe(complaints, artifacts) {
    const { python, accesses, run } = artifacts;
    const folder = python.userSite?.enabled ? python.userSite.path : undefined;
    if (folder === undefined || !sawWholeStart(run) || isUsed(folder, artifacts)) return [];

    const cures = curesOf(complaints, [folder, SEARCH_PATH_SUBJECTS.user]);
    const top = findPath(accesses.paths, folder);
    const isBelow = below(accesses.paths, folder);
    const without: Without = ({ path }) => path === top || isBelow(path);
    const saves = startModel(artifacts).saving(without);
    if (cures.length === 0 || saves.value <= 0) return [];
    return [
      {
        title: "Switch the user's site folder off",
        cures,
        proved: `nothing was imported from or opened below ${folder} in the whole run`,
        saves,
        cut: { without },
        steps: ['export PYTHONNOUSERSITE=1'],
        undo: 'unset PYTHONNOUSERSITE',
        check: 'python -m site --user-site; echo $?   # 1: switched off',
        fixer: 'user',
      },
    ];
  },
});
