import { folderOf, nameOf } from '#base';
import type { Places } from './places.ts';
import type { Tree } from './tree.ts';

const LIBRARY = /\.so(\.\d+)*$/;

/**
 * Libraries that links in other folders of the stage lead to, as those of a view in Spack do: for each, those folders. What
 * glibc calls `$ORIGIN` is the folder of the name that was opened, the link's: elf/dl-object.c, _dl_new_object.
 */
export async function listReached({ entries }: Tree, places: Places): Promise<ReadonlyMap<string, readonly string[]>> {
  const reached = new Map<string, readonly string[]>();
  for (const entry of entries) {
    if (entry.kind !== 'link' || entry.isBack || !LIBRARY.test(nameOf(entry.path))) continue;
    const place = await places.find(entry.path);
    const folder = folderOf(entry.path);
    if (place?.status.type !== 'file' || folderOf(place.path) === folder) continue;
    const before = reached.get(place.path) ?? [];
    if (!before.includes(folder)) reached.set(place.path, [...before, folder]);
  }
  return reached;
}
