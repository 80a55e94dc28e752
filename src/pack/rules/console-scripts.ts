import { folderOf, join } from '#base';
import type { Rule } from './rule.ts';

/** Those that installers make are of a few hundred bytes. */
const MOST_BYTES = 4096;

export const consoleScripts: Rule = {
  id: 'console-scripts',
  reason: "a job starts its environment's programs by their names",
  isNeeded: false,

  async apply(selection, { python }) {
    const folder = await selection.places.find(folderOf(python.executable));
    if (!folder || selection.roots.of(folder.path) === undefined) return;
    for (const { name, type } of await selection.places.list(folder.path)) {
      if (type !== 'file') continue;
      const path = join(folder.path, name);
      const status = await selection.places.status(path);
      if (status && status.bytes <= MOST_BYTES && (status.mode & 0o111) !== 0) await selection.add(path, this.id);
    }
  },
};
