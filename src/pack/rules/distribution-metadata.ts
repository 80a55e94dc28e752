import { join } from '#base';
import type { Selection } from '../selection.ts';
import type { Rule } from './rule.ts';

const FILES: ReadonlySet<string> = new Set([
  'METADATA',
  'PKG-INFO',
  'RECORD',
  'WHEEL',
  'INSTALLER',
  'entry_points.txt',
  'top_level.txt',
  'direct_url.json',
  'namespace_packages.txt',
]);

/** Of a large package, RECORD has a line for each of ten thousands of files; nothing reads that at run time. */
const MOST_BYTES = 512 * 1024;

async function addFiles(folder: string, selection: Selection): Promise<void> {
  await selection.add(folder, ID);
  for (const { name } of await selection.places.list(folder)) {
    if (!FILES.has(name)) continue;
    const place = await selection.places.find(join(folder, name));
    if (place?.status.type === 'file' && place.status.bytes <= MOST_BYTES) await selection.add(join(folder, name), ID);
  }
}

const ID = 'distribution-metadata';

/** Plugins are found, and versions checked, by a look through all distributions of a `site-packages`. */
export const distributionMetadata: Rule = {
  id: ID,
  reason: 'importlib.metadata lists all distributions of a search path, and reads their entry points',
  isNeeded: false,

  async apply(selection) {
    const folders = [...selection.folders].filter((folder) => selection.roots.of(folder) !== undefined);
    const listed = await Promise.all(
      folders.map(async (folder) => {
        const entries = await selection.places.list(folder);
        return entries.filter(({ name }) => /\.(dist|egg)-info$/.test(name)).map(({ name }) => join(folder, name));
      }),
    );
    await Promise.all(listed.flat().map((folder) => addFiles(folder, selection)));
  },
};
