import { folderOf, join, nameOf } from '#base';
import type { Recorded } from './recorded.ts';
import type { Selection } from './selection.ts';

const CACHED = /\/__pycache__\/[^/.]+\.([^/.]+)\.pyc$/;

/** What the names of an interpreter's bytecode have in the middle: as the recorded job used it, else as PEP 3147 says. */
export function cacheTagOf({ used, python }: Recorded): string {
  const counts = new Map<string, number>();
  for (const path of used) {
    const tag = CACHED.exec(path)?.[1];
    if (tag !== undefined) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  const [major, minor] = python.version.split('.');
  return most?.[0] ?? `cpython-${major}${minor}`;
}

/** Where the bytecode of each packed module stands, by that place: its source. */
export function listBytecode(selection: Selection, cacheTag: string): Map<string, string> {
  const targets = new Map<string, string>();
  for (const path of selection.files.keys()) {
    if (!path.endsWith('.py')) continue;
    const stem = nameOf(path).slice(0, -'.py'.length);
    targets.set(join(join(folderOf(path), '__pycache__'), `${stem}.${cacheTag}.pyc`), path);
  }
  return targets;
}
