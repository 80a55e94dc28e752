import { laterVersion, nameOf, type Result, success, sum } from '#base';
import type { Host } from '#host';
import { isWithin, type LargeLibrary, type LeftLibrary } from '#schema';
import { readContent } from './content.ts';
import type { Recorded } from './recorded.ts';
import type { Surroundings } from './relocate/index.ts';
import type { Selected, Trade } from './select.ts';

/** From here on it is asked what a library costs: docs/decisions/0009-very-large-libraries.md. */
const LARGE_BYTES = 100e6;

const LIBRARY = /\.so(\.\d+)*$/;
/** The interpreter uses nearly all of itself. */
const INTERPRETER = /^libpython\d/;

/** Libraries that the job loaded, and that may stay where they are: the user did not ask for them, and other nodes see them there. */
async function listLarge(
  { libraries, sharedMounts }: Recorded,
  { selection, whole }: Selected,
): Promise<LargeLibrary[]> {
  const found = new Map<string, LargeLibrary>();
  const isThere = (path: string) => sharedMounts.length === 0 || sharedMounts.some((mount) => isWithin(path, mount));
  for (const library of libraries) {
    const { path = '' } = (await selection.places.find(library.path)) ?? {};
    const chosen = selection.files.get(path);
    if (!chosen || chosen.status.bytes < LARGE_BYTES || whole.has(path) || !isThere(path)) continue;
    const isOf = LIBRARY.test(nameOf(path)) && !INTERPRETER.test(nameOf(path));
    if (!isOf || selection.roots.of(path)?.kind === 'cache') continue;
    const { bytes } = chosen.status;
    found.set(path, { path, bytes, mappedBytes: Math.min(bytes, library.mappedBytes ?? bytes) });
  }
  return [...found.values()];
}

export interface Left {
  /** The largest first. */
  readonly libraries: readonly LeftLibrary[];
  /** The least glibc that they ask for, as `2.28`. */
  readonly glibc?: string;
}

/** What packing would change (an absolute search path, a prefix) must be packed, since a link cannot change it; of the rest, the least glibc that each asks for. */
async function readUnchanged(
  libraries: readonly LeftLibrary[],
  { selection }: Selected,
  around: Surroundings,
  host: Host,
): Promise<Result<ReadonlyMap<string, string | undefined>>> {
  const unchanged = new Map<string, string | undefined>();
  for (const { path } of libraries) {
    const chosen = selection.files.get(path);
    if (!chosen) continue;
    const content = await readContent(path, chosen, host, around);
    if (!content.ok) return content;
    if (content.value.made === undefined) unchanged.set(path, content.value.glibc);
  }
  return success(unchanged);
}

/** Takes very large libraries out of the selection where that costs less: in the stage a link leads to the original. */
export async function leaveLibraries(
  recorded: Recorded,
  selected: Selected,
  leave: NonNullable<Trade['leave']>,
  around: Surroundings,
  host: Host,
): Promise<Result<Left>> {
  const { selection } = selected;
  const files = [...selection.files.values()];
  const image = { files: files.length, bytes: sum(files, ({ status }) => status.bytes) };
  let large = await listLarge(recorded, selected);
  while (large.length > 0) {
    const libraries = leave(large, image);
    const unchanged = await readUnchanged(libraries, selected, around, host);
    if (!unchanged.ok) return unchanged;
    const changed = libraries.filter(({ path }) => !unchanged.value.has(path)).map(({ path }) => path);
    if (changed.length === 0) {
      for (const { path } of libraries) selection.leave(path);
      const glibc = [...unchanged.value.values()].reduce(laterVersion, undefined);
      return success({ libraries, ...(glibc === undefined ? {} : { glibc }) });
    }
    // Without them another sum comes out.
    large = large.filter(({ path }) => !changed.includes(path));
  }
  return success({ libraries: [] });
}
