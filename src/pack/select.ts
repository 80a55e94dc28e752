import { join } from '#base';
import type { Host } from '#host';
import { addCache, type Cache, type PackedCache } from './caches.ts';
import { placesOf } from './places.ts';
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
}

const normalised = (name: string) => name.toLowerCase().replaceAll(/[-_.]+/g, '-');

async function addAll(folder: string, because: string, selection: Selection): Promise<void> {
  for (const { name, type } of await selection.places.list(folder)) {
    const path = join(folder, name);
    if (name === '__pycache__') continue;
    if (type === 'folder') await addAll(path, because, selection);
    else await selection.add(path, because);
  }
}

/** All of a package in every folder of the search path, with its metadata and the libraries that its wheel brought. */
async function addWhole(name: string, entries: readonly string[], selection: Selection): Promise<boolean> {
  const wanted = normalised(name);
  let found = false;
  for (const entry of entries) {
    const place = await selection.places.find(entry);
    if (!place || selection.roots.of(place.path) === undefined) continue;
    for (const each of await selection.places.list(place.path)) {
      const base = each.name.replace(/(-[^-]+)?\.(dist-info|egg-info)$|\.libs$|\.py$/, '');
      if (normalised(base) !== wanted) continue;
      found = true;
      const path = join(place.path, each.name);
      if (each.type === 'folder') await addAll(path, 'whole', selection);
      else await selection.add(path, 'whole');
    }
  }
  return found;
}

export interface Selected {
  readonly selection: Selection;
  /** Of `whole`, those that were nowhere on the search path. */
  readonly unknown: readonly string[];
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
  for (const name of trade.whole) if (!(await addWhole(name, entries, selection))) unknown.push(name);
  for (const path of trade.misses) if (!recorded.made.has(path)) await selection.add(path, 'missed');
  const caches: PackedCache[] = [];
  for (const cache of trade.caches) {
    const packed = await addCache(cache, selection);
    if (packed) caches.push(packed);
  }
  return { selection, unknown, caches };
}
