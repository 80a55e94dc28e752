import { shellPath } from '#base';
import { startModel, type Without } from '#scale';
import { type Accesses, isWithin, type Python, pathText } from '#schema';
import { defineRemedy } from '../remedy.ts';

/** The shortest folders that hold all of `files`: an entry of the search path, and one level below it. */
function foldersOf(files: readonly string[], { pathEntries }: Python): string[] {
  const entries = pathEntries.map(({ path }) => path).sort((a, b) => b.length - a.length);
  const folders = files.map((file) => {
    const entry = entries.find((path) => isWithin(file, path));
    const rest = entry === undefined ? [] : file.slice(entry.length + 1).split('/');
    if (entry === undefined) return file.slice(0, file.lastIndexOf('/')) || '/';
    return rest.length > 1 ? `${entry}/${rest[0]}` : entry;
  });
  const distinct = [...new Set(folders)].sort();
  return distinct.filter((folder) => !distinct.some((other) => other !== folder && isWithin(folder, other)));
}

/** Sources that were read because no valid bytecode was there, and are still without it after the run. */
function sourcesWithoutBytecode({ accesses, paths }: Accesses): string[] {
  const written = new Set(
    accesses.filter(({ cause, error }) => cause === 'bytecode-write' && error === '').map((access) => access.import),
  );
  const read = accesses.filter(
    (access) => access.cause === 'source-read' && access.error === '' && !written.has(access.import),
  );
  return [...new Set(read.map(({ path }) => pathText(paths, path)))].filter((path) => path.endsWith('.py'));
}

/**
 * What `compileall` of this interpreter makes, and nothing of another version or level of optimisation.
 * https://peps.python.org/pep-3147/
 */
function bytecodeNames({ implementation, version }: Python): string {
  const [major = '', minor = ''] = version.split('.');
  const tag = implementation === 'cpython' ? `cpython-${major}${minor}` : `${implementation}${major}${minor}`;
  return shellPath(`*.${tag}.pyc`);
}

/** Compiles once what every rank compiles at every start. */
export const compileBytecode = defineRemedy({
  id: 'compile-bytecode',
  cures: ['unusable-bytecode'],
  needs: ['run', 'python', 'imports', 'accesses', 'storage', 'target'],

  prescribe(complaints, artifacts) {
    const { accesses, python } = artifacts;
    const sources = sourcesWithoutBytecode(accesses);
    const without: Without = ({ cause }) => cause === 'source-read' || cause === 'bytecode-write';
    const saves = startModel(artifacts).saving(without);
    if (sources.length === 0 || saves.value <= 0) return [];

    const folders = foldersOf(sources, python);
    const where = folders.map(shellPath).join(' ');
    return [
      {
        title: 'Compile the bytecode once',
        cures: complaints.map(({ audit, finding }) => ({ audit, subject: finding.subject })),
        proved: `${sources.length} modules were compiled from source in this start, and none of the results was kept`,
        saves,
        cut: { without },
        steps: [`${shellPath(python.executable)} -m compileall -q ${where}`],
        undo: `find ${where} -name ${bytecodeNames(python)} -path '*/__pycache__/*' -delete`,
        check: 'run the audit again: unusable-bytecode passes',
        // Whoever may write there; on a read-only mount, whoever makes what is mounted.
        fixer: complaints.some(({ finding }) => finding.fixer === 'site') ? 'site' : 'user',
      },
    ];
  },
});
