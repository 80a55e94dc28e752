import { folderOf, join, nameOf } from '#base';
import type { Rule } from './rule.ts';

/** What an interpreter looks for to find its own prefix, in Modules/getpath.py of CPython 3.11. */
export const interpreter: Rule = {
  id: 'interpreter',
  reason: 'Python finds its prefix by these files, and other programs start it by these names',
  isNeeded: true,

  async apply(selection, { python }) {
    const { executable, prefix, stdlib, version } = python;
    const minor = version.split('.').slice(0, 2).join('.');
    const names = new Set([nameOf(executable), 'python', 'python3', `python${minor}`]);
    for (const name of names) await selection.add(join(folderOf(executable), name), this.id);
    await selection.add(executable, this.id);
    await selection.add(join(prefix, 'pyvenv.cfg'), this.id);
    for (const name of ['os.py', 'site.py', 'lib-dynload', 'encodings', 'encodings/__init__.py']) {
      await selection.add(join(stdlib, name), this.id);
    }
    // The base's own names: the environment's lead there.
    const binary = await selection.places.find(executable);
    if (!binary) return;
    for (const name of names) await selection.add(join(folderOf(binary.path), name), this.id);
  },
};
