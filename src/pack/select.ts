import { join } from '#base';
import type { Host } from '#host';
import type { LargeLibrary, LeftLibrary } from '#schema';
import { addCache, type Cache, type PackedCache } from './caches.ts';
import { type Places, placesOf } from './places.ts';
import type { Recorded } from './recorded.ts';
import { findRoots } from './roots.ts';
import { rules } from './rules/index.ts';
import { type Selection, selectionOf } from './selection.ts';

export interface Trade {
  /** Names of packages, or of distributions, of which everything is packed. */
  readonly whole: readonly string[];
  readonly onlyTraced: boolean;
  /** Paths that earlier starts missed. */
  readonly misses: readonly string[];
  /** Of the packages that the job imported; those that are there are packed. */
  readonly caches: readonly Cache[];
  /** Of very large libraries in an image of so much: those that cost less where they are, with what both ways cost. Absent: all are packed. */
  readonly leave?: (large: readonly LargeLibrary[], image: ImageSize) => readonly LeftLibrary[];
}

/** What is packed, before bytecode. */
export interface ImageSize {
  readonly files: number;
  readonly bytes: number;
}

const normalised = (name: string) => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

type AddOne = (path: string) => Promise<void>;

async function addAll(folder: string, places: Places, add: AddOne): Promise<void> {
  for (const { name, type } of await places.list(folder)) {
    const path = join(folder, name);
    if (name === '__pycache__') continue;
    if (type === 'folder') await addAll(path, places, add);
    else await add(path);
  }
}

/** All of a package in every folder of the search path, with its metadata and the libraries that its wheel brought. */
async function addWhole(
  name: string,
  entries: readonly string[],
  { places, roots }: Selection,
  add: AddOne,
): Promise<boolean> {
  const wanted = normalised(name);
  let found = false;
  for (const entry of entries) {
    const place = await places.find(entry);
    if (!place || roots.of(place.path) === undefined) continue;
    for (const each of await places.list(place.path)) {
      const base = each.name.replace(/(-[^-]+)?\.(dist-info|egg-info)$|\.libs$|\.py$/, '');
      if (normalised(base) !== wanted) continue;
      found = true;
      const path = join(place.path, each.name);
      if (each.type === 'folder') await addAll(path, places, add);
      else await add(path);
    }
  }
  return found;
}

export interface Selected {
  readonly selection: Selection;
  /** Of `whole`, those that were nowhere on the search path. */
  readonly unknown: readonly string[];
  /** Files of the packages in `whole`, whatever else packed them. */
  readonly whole: ReadonlySet<string>;
  readonly caches: readonly PackedCache[];
}

/** What is packed: the union of the traces, what was missed, and what the rules add. */
export async function select(recorded: Recorded, host: Host, trade: Trade): Promise<Selected> {
  const places = placesOf(host);
  const roots = await findRoots(recorded, places, trade.caches);
  const selection = selectionOf(places, roots);
  const unknown: string[] = [];
  for (const rule of rules) {
    if (rule.isNeeded || !trade.onlyTraced) await rule.apply(selection, recorded);
  }
  const entries = recorded.python.pathEntries.map(({ path }) => path);
  const whole = new Set<string>();
  const addOne = async (path: string) => {
    const place = await selection.add(path, 'whole');
    if (place) whole.add(place.path);
  };
  for (const name of trade.whole) if (!(await addWhole(name, entries, selection, addOne))) unknown.push(name);
  for (const path of trade.misses) if (!recorded.made.has(path)) await selection.add(path, 'missed');
  const caches: PackedCache[] = [];
  for (const cache of trade.caches) {
    const packed = await addCache(cache, selection);
    if (packed) caches.push(packed);
  }
  return { selection, unknown, whole, caches };
}
