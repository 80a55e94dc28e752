import { folderOf, join, nameOf } from '#base';
import type { Rule } from './rule.ts';

const CACHED = /^(.+)\/__pycache__\/([^/.]+)\.[^/]*\.pyc$/;

/** The interpreter asks for a module's source before its bytecode, and reads it for a traceback. */
export const sources: Rule = {
  id: 'sources',
  reason: 'bytecode is looked for by the source beside it',
  isNeeded: true,

  async apply(selection, { used }) {
    for (const path of used) {
      const cached = CACHED.exec(path);
      if (!cached) continue;
      const [, folder = '', module = ''] = cached;
      const source = await selection.places.find(join(folder, `${module}.py`));
      // A source that is each node's own, as Debian's sitecustomize, leaves its bytecode with the interpreter.
      const isOurs = source?.status.type === 'file' && selection.roots.of(source.path) !== undefined;
      if (source?.status.type === 'file') await selection.add(join(folder, `${module}.py`), 'traced');
      if (!isOurs) await selection.add(path, 'traced');
    }
    for (const path of [...selection.files.keys()]) {
      const name = nameOf(path);
      if (name.endsWith('.pyc') && !path.includes('/__pycache__/')) {
        await selection.add(join(folderOf(path), name.slice(0, -1)), this.id);
      }
    }
  },
};
