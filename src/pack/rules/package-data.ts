import { folderOf, join } from '#base';
import type { Selection } from '../selection.ts';
import type { Rule } from './rule.ts';

/** Small enough to cost nothing, large enough for the settings and tables that packages keep beside their code. */
const MOST_FILE_BYTES = 64 * 1024;
const MOST_FOLDER_BYTES = 256 * 1024;

/** What no program reads while it runs, and what the trace tells better. */
const NOT_DATA =
  /\.(py|pyc|pyi|pyx|pxd|pxi|so|a|o|c|cc|cpp|h|hpp|f|f90|cu|md|rst|html|typed|in|build)$|\.so\.\d|^(LICENSE|README|COPYING|AUTHORS)/i;

async function listData(folder: string, { places }: Selection): Promise<string[]> {
  const found: string[] = [];
  let bytes = 0;
  for (const { name, type } of await places.list(folder)) {
    if (type !== 'file' || NOT_DATA.test(name)) continue;
    const path = join(folder, name);
    const status = await places.status(path);
    if (!status || status.bytes > MOST_FILE_BYTES) continue;
    bytes += status.bytes;
    found.push(path);
  }
  return bytes <= MOST_FOLDER_BYTES ? found : [];
}

export const packageData: Rule = {
  id: 'package-data',
  reason: 'packages read small files beside their modules in phases that were not recorded',
  isNeeded: false,

  async apply(selection) {
    const folders = new Set<string>();
    for (const path of selection.files.keys()) if (path.endsWith('/__init__.py')) folders.add(folderOf(path));
    for (const folder of folders) {
      const root = selection.roots.of(folder);
      if (root === undefined || root.kind === 'user') continue;
      for (const path of await listData(folder, selection)) await selection.add(path, this.id);
    }
  },
};
