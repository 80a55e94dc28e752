import { success } from '#base';
import { rewriteSearch, type SearchEntry } from '#formats/elf';
import { folderOf, nameOf, relativePath } from '../paths.ts';
import type { Relocation, Surroundings } from './relocation.ts';

const isElf = (bytes: Uint8Array) => bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;

/**
 * Absolute folders of a library's DT_RPATH and DT_RUNPATH, and absolute names in DT_NEEDED, as Spack and EESSI write them:
 * a DT_RPATH comes before LD_LIBRARY_PATH, so nothing else would bring the loader to the stage. Seen from the library,
 * which glibc calls `$ORIGIN`: https://man7.org/linux/man-pages/man8/ld.so.8.html
 */
export const relocateLibrarySearch: Relocation = async ({ path, bytes }, around) => {
  if (!isElf(bytes)) return undefined;
  const asked = listAbsolute(bytes);
  const moved = new Map<string, string>();
  for (const each of asked) {
    const place = await movedPlace(each, around);
    if (place !== undefined) moved.set(each, `$ORIGIN/${relativePath(folderOf(path), place)}`);
  }
  if (moved.size === 0) return undefined;
  const made = rewriteSearch(bytes, (entry) => changed(entry, moved));
  // What cannot be changed is packed as it is: it looks into the original, which works, and `pharos verify` shows it.
  return made.ok && made.value ? success({ bytes: made.value, made: 'search-path' }) : undefined;
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

function changed({ kind, text }: SearchEntry, moved: ReadonlyMap<string, string>): string {
  if (kind === 'needed') return moved.get(text) ?? text;
  return text
    .split(':')
    .map((part) => moved.get(part) ?? part)
    .join(':');
}
