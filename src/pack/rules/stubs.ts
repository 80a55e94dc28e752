import type { Rule } from './rule.ts';

/** `lazy_loader.attach_stub` reads the stub beside a package's `__init__.py` when that is imported. */
export const stubs: Rule = {
  id: 'stubs',
  reason: 'lazy_loader reads .pyi files at run time',
  isNeeded: false,

  async apply(selection, { modules }) {
    if (!modules.has('lazy_loader')) return;
    for (const path of [...selection.files.keys()]) {
      if (!path.endsWith('/__init__.py')) continue;
      const stub = `${path}i`;
      const found = await selection.places.status(stub);
      if (found) await selection.add(stub, this.id);
    }
  },
};
