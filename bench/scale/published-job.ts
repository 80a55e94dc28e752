import type { Accesses, Artifacts } from '#schema';

// A job as far as a publication tells it: how many files, folders and missing names, as if on shared storage.

/**
 * What one rank uses of shared storage, and its own time: `files` are opened and read to their end, each with a source
 * beside it that is asked for its times; `libraries` are mapped.
 */
export const COUNTS = [
  'files',
  'directories',
  'missing',
  'libraries',
  'fileBytes',
  'libraryBytes',
  'ownSeconds',
] as const;
export type Count = (typeof COUNTS)[number];
type JobCounts = Readonly<Record<Count, number>>;

type Access = Accesses['accesses'][number];

/** Folders one below the other are few on a real path; side by side is what costs a lookup each. */
function treeOf(counts: JobCounts) {
  const paths: Accesses['paths'][number][] = [
    { parent: 0, name: '', mount: 0 },
    { parent: 0, name: 'environment', mount: 0 },
  ];
  const accesses: Access[] = [];
  const enter = (parent: number, name: string) => paths.push({ parent, name, mount: 0 }) - 1;
  const act = (path: number, operation: Access['operation'], bytes = 0, error = '') =>
    accesses.push({ path, import: 0, phase: 'start', cause: 'other', operation, error, count: 1, bytes });
  const folders = Array.from({ length: Math.max(1, Math.round(counts.directories)) }, (_, index) =>
    enter(1, `folder-${index}`),
  );
  const folderOf = (index: number) => folders[index % folders.length] ?? 1;
  for (const folder of folders) {
    act(folder, 'stat');
    act(folder, 'opendir');
    act(folder, 'readdir');
  }
  return { paths, accesses, enter, act, folderOf };
}

/** The artifacts of one start with such counts. */
export function publishedJob(
  counts: JobCounts,
  { profile, ranksPerNode, nodes }: { profile: string; ranksPerNode: number; nodes: number },
): Pick<Artifacts, 'accesses' | 'storage' | 'imports' | 'target' | 'run'> {
  const { paths, accesses, enter, act, folderOf } = treeOf(counts);
  for (let index = 0; index < Math.round(counts.files); index += 1) {
    act(enter(folderOf(index), `module-${index}.py`), 'stat');
    const file = enter(folderOf(index), `module-${index}.pyc`);
    act(file, 'open');
    act(file, 'read', Math.round(counts.fileBytes));
  }
  for (let index = 0; index < Math.round(counts.libraries); index += 1) {
    const library = enter(folderOf(index), `library-${index}.so`);
    act(library, 'open');
    act(library, 'read', 832);
    act(library, 'map', Math.round(counts.libraryBytes));
  }
  for (let index = 0; index < Math.round(counts.missing); index += 1) {
    act(enter(folderOf(index), `missing-${index}`), 'stat', 0, 'ENOENT');
  }
  const target: Artifacts['target'] = {
    ...{ nodes, ranksPerNode, basis: 'asked', profile, calibrated: false, applies: 'as-if' },
    ...{ sharedMounts: [], sharedPrefixes: ['/environment'] },
  };
  const run: Artifacts['run'] = {
    ...{ script: 'job.py', form: 'python', outcome: { kind: 'exited', status: 0 }, launcher: 'none' },
    ...{ nodes: 1, ranks: 1, truncated: false, missing: [], removed: {} },
    observed: [{ rank: 0, node: 0, endsAt: 'last-import', startSeconds: counts.ownSeconds }],
  };
  return {
    accesses: { coverage: 'complete', source: 'replay', paths, accesses },
    storage: { mounts: [] },
    imports: { nodes: [] },
    target,
    run,
  };
}
