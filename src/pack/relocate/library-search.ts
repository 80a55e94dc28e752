import { absolutePath, folderOf, join, nameOf, relativePath, success } from '#base';
import { readElf, rewriteSearch, type SearchEntry } from '#formats/elf';
import type { Relocation, Surroundings } from './relocation.ts';

const isElf = (bytes: Uint8Array) => bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;

/**
 * Absolute folders of a library's DT_RPATH and DT_RUNPATH, and absolute names in DT_NEEDED, as Spack and EESSI write them:
 * a DT_RPATH comes before LD_LIBRARY_PATH, so nothing else would bring the loader to the stage. Seen from the library,
 * which glibc calls `$ORIGIN`: https://man7.org/linux/man-pages/man8/ld.so.8.html
 *
 * What cannot be changed is packed as it is: it looks into the original, which works, and `pharos verify` shows it.
 */
export const relocateLibrarySearch: Relocation = async ({ path, bytes }, around) => {
  if (!isElf(bytes)) return undefined;
  const moved = new Map<string, string>();
  for (const each of listAbsolute(bytes)) {
    const place = await movedPlace(each, around);
    if (place !== undefined) moved.set(each, place);
  }
  if (moved.size === 0) return undefined;
  const folders = [folderOf(path), ...around.reachedFrom(path)];
  const made = rewriteSearch(bytes, (entry) => changed(entry, moved, folders));
  if (!made.ok || !made.value) return undefined;
  if (folders.length > 1 && !(await findsTheSame(bytes, made.value, folders, around))) return undefined;
  return success({ bytes: made.value, made: 'search-path' });
};

/** Each absolute path once, by asking for a change that changes nothing. */
function listAbsolute(bytes: Uint8Array): ReadonlySet<string> {
  const found = new Set<string>();
  rewriteSearch(bytes, ({ kind, text }) => {
    for (const part of kind === 'needed' ? [text] : text.split(':')) if (part.startsWith('/')) found.add(part);
    return text;
  });
  return found;
}

/** Only what stands in the stage: the loader takes nothing for a folder that is not there. */
async function movedPlace(path: string, around: Surroundings): Promise<string | undefined> {
  const folder = await around.stagedFolder(path);
  if (folder !== undefined) return folder;
  // A library by its own name.
  const above = await around.stagedFolder(folderOf(path));
  return above && `${above}/${nameOf(path)}`;
}

const seenFrom = (folder: string, place: string) => `$ORIGIN/${relativePath(folder, place)}`;

/** As seen from its own folder; then what moved as seen from each other one by which the library is reached. */
function changed({ kind, text }: SearchEntry, moved: ReadonlyMap<string, string>, folders: readonly string[]): string {
  const [own = '', ...others] = folders;
  const from = (folder: string, part: string) => {
    const place = moved.get(part);
    return place === undefined ? part : seenFrom(folder, place);
  };
  if (kind === 'needed') return others.length === 0 ? from(own, text) : text;
  const parts = text.split(':');
  const again = others.flatMap((folder) => parts.filter((part) => moved.has(part)).map((part) => from(folder, part)));
  return [...new Set([...parts.map((part) => from(own, part)), ...again])].join(':');
}

/** The file that each name it needs leads to along the library's own search path, opened in `folder`. */
async function findNeeded(bytes: Uint8Array, folder: string, { places }: Surroundings): Promise<string[]> {
  const elf = readElf(bytes);
  if (!elf.ok) return [];
  const entries = (elf.value.runpath ?? elf.value.rpath ?? '').split(':').filter(Boolean);
  const folders = entries.map((entry) =>
    absolutePath(
      '/',
      entry.replaceAll(/\$(ORIGIN\b|\{ORIGIN\})/g, () => folder),
    ),
  );
  const found: string[] = [];
  for (const name of elf.value.needed) {
    let place: string | undefined;
    for (const each of folders) place ??= (await places.find(join(each, name)))?.path;
    found.push(place ?? '');
  }
  return found;
}

/** A path seen from one folder may be another, real one from the next: then the first library of that name is another too. */
async function findsTheSame(
  before: Uint8Array,
  after: Uint8Array,
  folders: readonly string[],
  around: Surroundings,
): Promise<boolean> {
  for (const folder of folders) {
    const [wanted, found] = [await findNeeded(before, folder, around), await findNeeded(after, folder, around)];
    if (wanted.some((place, index) => place !== found[index])) return false;
  }
  return true;
}
