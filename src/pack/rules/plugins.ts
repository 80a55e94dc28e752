import { folderOf, join, nameOf } from '#base';
import type { Selection } from '../selection.ts';
import type { Rule } from './rule.ts';

/** Neither a version nor the tag of an extension module: what is opened by a name that nobody was linked to. */
const PLUGIN = /^[^.]+\.so$/;

const MOST_FILE_BYTES = 1024 * 1024;
/** A folder of more is that of a whole installation. */
const MOST_FOLDER_BYTES = 4 * 1024 * 1024;

async function listPlugins(folder: string, { places }: Selection): Promise<string[]> {
  const found: string[] = [];
  let bytes = 0;
  for (const { name, type } of await places.list(folder)) {
    if (type !== 'file' || !PLUGIN.test(name)) continue;
    const path = join(folder, name);
    const status = await places.status(path);
    if (!status || status.bytes > MOST_FILE_BYTES) continue;
    bytes += status.bytes;
    found.push(path);
  }
  return bytes <= MOST_FOLDER_BYTES ? found : [];
}

export const plugins: Rule = {
  id: 'plugins',
  reason: 'a program opens one plugin of a folder after the other, in the order of the file system, until one serves',
  isNeeded: false,

  async apply(selection) {
    const libraries = [...selection.files].filter(([path, { because }]) => {
      return because === 'traced' && PLUGIN.test(nameOf(path)) && selection.roots.of(path)?.kind !== 'user';
    });
    for (const folder of new Set(libraries.map(([path]) => folderOf(path)))) {
      for (const path of await listPlugins(folder, selection)) await selection.add(path, this.id);
    }
  },
};
