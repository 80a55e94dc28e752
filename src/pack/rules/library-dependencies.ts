import { absolutePath, folderOf, join, nameOf } from '#base';
import { type Elf, readElf } from '#formats/elf';
import type { Recorded } from '../recorded.ts';
import type { Selection } from '../selection.ts';
import type { Rule } from './rule.ts';

const LIBRARY = /\.so(\.\d+)*$/;
const MOST_BYTES = 16 * 2 ** 30;

/** Folders that a library's own search path names, in order: ld.so(8). */
function foldersOf({ rpath = '', runpath }: Elf, path: string, libraryPath: readonly string[]): string[] {
  const own = (text: string) => {
    const entries = text.split(':').filter(Boolean);
    return entries.map((entry) =>
      absolutePath(
        '/',
        entry.replaceAll(/\$\{?ORIGIN\}?/g, () => folderOf(path)),
      ),
    );
  };
  return runpath === undefined ? [...own(rpath), ...libraryPath] : [...libraryPath, ...own(runpath)];
}

/** Adds what it needs, and where it looks for that. */
async function addNeeded(path: string, elf: Elf, { libraryPath }: Recorded, selection: Selection): Promise<void> {
  const folders = foldersOf(elf, path, libraryPath);
  for (const folder of folders) await selection.addSearched(folder, ID);
  for (const name of elf.needed) {
    const candidates = name.includes('/') ? [name] : folders.map((folder) => join(folder, name));
    for (const candidate of candidates) {
      if ((await selection.places.find(candidate)) === undefined) continue;
      await selection.add(candidate, ID);
      break;
    }
  }
}

const ID = 'library-dependencies';

/** What the job itself loaded was traced with all that it needs; what rules add, and search paths that are rewritten, were not. */
export const libraryDependencies: Rule = {
  id: ID,
  reason: 'a library loads those that it needs, along the search path that stands in it',
  isNeeded: true,

  async apply(selection, recorded) {
    const known = new Map(recorded.libraries.map(({ path, hasSearchPath }) => [path, hasSearchPath]));
    const done = new Set<string>();
    for (let before = -1; before < done.size; ) {
      before = done.size;
      for (const [path, { because, source = path }] of [...selection.files]) {
        if (done.has(path) || !LIBRARY.test(nameOf(path))) continue;
        done.add(path);
        if (because === 'traced' && known.get(path) === false) continue;
        const bytes = await selection.places.read(source, MOST_BYTES);
        const elf = bytes && readElf(bytes);
        if (elf?.ok) await addNeeded(path, elf.value, recorded, selection);
      }
    }
  },
};
