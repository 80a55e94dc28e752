import { shellPath } from '#base';
import { startModel, type Without } from '#scale';
import { findPath, SEARCH_PATH_SUBJECTS } from '#schema';
import { isUsed, sawWholeStart } from '../is-used.ts';
import { curesOf, defineRemedy } from '../remedy.ts';

/** `-P` exists since Python 3.11: https://docs.python.org/3/using/cmdline.html#cmdoption-P */
function hasSafePath(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 3 || (major === 3 && minor >= 11);
}

/** Leaves the script's folder out of the search path, when no module beside the script is imported. */
export const useSafePath = defineRemedy({
  id: 'use-safe-path',
  cures: ['deep-search-path'],
  needs: ['run', 'python', 'imports', 'accesses', 'storage', 'target'],

  prescribe(complaints, artifacts) {
    const { python, accesses, run } = artifacts;
    const folder = python.pathEntries.find(({ origin }) => origin === 'script')?.path;
    if (folder === undefined || !hasSafePath(python.version) || !sawWholeStart(run)) return [];
    if (run.form !== 'script' && run.form !== 'python') return [];
    const script = findPath(accesses.paths, `${folder}/${run.script}`);
    // The job may read data beside its script: only what the import system found there needs the entry.
    if (isUsed(folder, artifacts, ({ path, cause }) => path !== script && cause !== 'data-file')) return [];

    const interpreter = shellPath(python.executable);
    const job = shellPath(`${folder}/${run.script}`);
    const cures = curesOf(complaints, [SEARCH_PATH_SUBJECTS.script]);
    const path = findPath(accesses.paths, folder);
    const without: Without = (access) => access.path === path;
    const saves = startModel(artifacts).saving(without);
    if (cures.length === 0 || saves.value <= 0) return [];
    return [
      {
        title: "Leave the script's folder out of the search path",
        cures,
        proved: `no module was imported from ${folder} in the whole run`,
        saves,
        cut: { without },
        steps: [`${interpreter} -P ${job}`],
        undo: `${interpreter} ${job}`,
        check: "run the audit again with -P, and the job's own arguments: the same modules are imported (pharos diff)",
        fixer: 'user',
      },
    ];
  },
});
