import { join, type Names } from '#base';
import { compileCaches } from '#knowledge';
import type { Places } from './places.ts';
import type { Recorded } from './recorded.ts';
import type { Selection } from './selection.ts';

/** A folder where a package keeps what it compiled: packed warm, and written to on the node's own storage. */
export interface Cache {
  readonly name: string;
  /** Points the package at it. */
  readonly variable: string;
  readonly folder: string;
  /** Where this file is, the variable would hide it. */
  readonly unless?: string;
}

/** The caches of the packages that the job imported: where the environment says, else where they usually are. */
export function cachesOf(
  { modules }: Pick<Recorded, 'modules'>,
  { home, user }: Names,
  environment: Readonly<Record<string, string | undefined>>,
): Cache[] {
  const placed = (text: string) => text.replace(/^~(?=\/)/, home).replaceAll('$USER', user);
  return compileCaches
    .filter(({ packages }) => packages.some((name) => modules.has(name)))
    .flatMap(({ name, variable, folder, unless }): Cache[] => {
      const own = environment[variable];
      if (own !== undefined) return own.startsWith('/') ? [{ name, variable, folder: own }] : [];
      if (folder === undefined) return [];
      return [{ name, variable, folder: placed(folder), ...(unless === undefined ? {} : { unless: placed(unless) }) }];
    });
}

export interface PackedCache extends Cache {
  readonly files: number;
  readonly bytes: number;
  /** It is larger than what is packed unasked; the job goes on using the original. */
  readonly isLeft: boolean;
}

/** As much as a large environment: more would make every start of a job wait for what it may never use. */
const MOST_BYTES = 2 * 1024 ** 3;
const MOST_FILES = 20_000;

async function listFiles(folder: string, places: Places, found: string[]): Promise<void> {
  for (const { name, type } of await places.list(folder)) {
    if (found.length > MOST_FILES) return;
    const path = join(folder, name);
    if (type === 'folder') await listFiles(path, places, found);
    else if (type === 'file') found.push(path);
  }
}

/** Adds what is in a cache. Undefined: it is not there, or is packed as a part of something else. */
export async function addCache(cache: Cache, selection: Selection): Promise<PackedCache | undefined> {
  const place = await selection.places.find(cache.folder);
  const root = place && selection.roots.of(place.path);
  if (!place || root?.path !== place.path || root.kind !== 'cache') return undefined;
  const found: string[] = [];
  await listFiles(place.path, selection.places, found);
  let bytes = 0;
  for (const path of found) bytes += (await selection.places.status(path))?.bytes ?? 0;
  const told = { ...cache, folder: place.path, files: found.length, bytes };
  if (found.length === 0) return undefined;
  if (found.length > MOST_FILES || bytes > MOST_BYTES) return { ...told, isLeft: true };
  for (const path of found) await selection.add(path, 'caches');
  return { ...told, isLeft: false };
}
