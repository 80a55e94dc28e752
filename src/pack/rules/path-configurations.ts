import { join } from '#base';
import type { Rule } from './rule.ts';

/** `site` reads each of them at every start. */
export const pathConfigurations: Rule = {
  id: 'path-configurations',
  reason: 'site reads every .pth and .start file of a site-packages at each start',
  isNeeded: true,

  async apply(selection, { python }) {
    for (const { path } of python.pathEntries) {
      const folder = await selection.places.find(path);
      if (!folder || selection.roots.of(folder.path) === undefined) continue;
      for (const { name } of await selection.places.list(folder.path)) {
        if (/\.(pth|start)$/.test(name)) await selection.add(join(folder.path, name), this.id);
      }
    }
  },
};
