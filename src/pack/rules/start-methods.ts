import { join } from '#base';
import type { Rule } from './rule.ts';

/** Which of them a child imports depends on how it is started; a recording sees one way. */
const FOLDERS = ['multiprocessing', 'concurrent/futures'];

export const startMethods: Rule = {
  id: 'start-methods',
  reason: 'children that multiprocessing starts import modules that the parent does not',
  isNeeded: false,

  async apply(selection, { modules, python }) {
    if (!modules.has('multiprocessing') && !modules.has('concurrent.futures')) return;
    for (const folder of FOLDERS) {
      const path = join(python.stdlib, folder);
      const place = await selection.places.find(path);
      if (!place || selection.roots.of(place.path) === undefined) continue;
      for (const { name, type } of await selection.places.list(place.path)) {
        if (type === 'file' && name.endsWith('.py')) await selection.add(join(path, name), this.id);
      }
    }
    await selection.add(join(python.stdlib, 'runpy.py'), this.id);
  },
};
