import { folderOf } from '#base';
import { siteFolders, systemFolders } from '#knowledge';
import { type ImageRoot, isWithin } from '#schema';
import type { Cache } from './caches.ts';
import type { Places } from './places.ts';
import type { Recorded } from './recorded.ts';

/** Folders whose trees are staged; the nearest above a path is the one that it belongs to. */
export interface Roots {
  readonly all: readonly ImageRoot[];
  of(path: string): ImageRoot | undefined;
  /** Whether each node has it of its own, or it must not be packed. */
  isOfSystem(path: string): boolean;
}

const SITE_NAMES = /\/(site|dist)-packages(\/|$)/;
const DISTRIBUTION = /\.(dist-info|egg-info|egg-link)$/;
const LIBRARY = /\.so(\.\d+)*$/;
const MODULE = /\.(py|pyc|so)$/;

function systemTest(sharedMounts: readonly string[]): Roots['isOfSystem'] {
  return (path) => {
    if (siteFolders.some((folder) => isWithin(path, folder))) return true;
    const system = systemFolders.find((folder) => isWithin(path, folder));
    return system !== undefined && !sharedMounts.some((mount) => isWithin(path, mount) && isWithin(mount, system));
  };
}

/** Of these the interpreter says itself where they are. */
const OF_INTERPRETER: ReadonlySet<string> = new Set(['stdlib', 'dynload', 'zip']);

/** What a folder on the search path is, that is in no environment: of distributions, or of the user's own modules. */
async function kindOfEntry(entry: string, origin: string, places: Places): Promise<ImageRoot['kind']> {
  if (SITE_NAMES.test(entry) || origin === 'site' || origin === 'user') return 'libraries';
  const names = await places.list(entry);
  return names.some(({ name }) => DISTRIBUTION.test(name)) ? 'libraries' : 'user';
}

interface Found {
  readonly roots: Map<string, ImageRoot['kind']>;
  readonly places: Places;
  readonly isOfSystem: Roots['isOfSystem'];
}

function rootAbove(path: string, roots: Found['roots']): string | undefined {
  for (let folder = path; ; folder = folderOf(folder)) {
    if (roots.has(folder)) return folder;
    if (folder === '/') return undefined;
  }
}

/** A root is where its folder really is; one inside another of the same kind is none of its own. */
async function addRoot(path: string, kind: ImageRoot['kind'], { roots, places, isOfSystem }: Found): Promise<void> {
  const place = await places.find(path);
  if (!place || place.path === '/' || isOfSystem(place.path)) return;
  const above = rootAbove(place.path, roots);
  const around = above === undefined ? undefined : roots.get(above);
  if (above === place.path || around === kind) return;
  if (around === undefined || around === 'user' || kind === 'user') roots.set(place.path, kind);
}

/** Code that was used outside all roots: a folder that the job itself put on its search path, libraries found by their loader. */
async function addFolders(paths: Iterable<string>, found: Found): Promise<void> {
  for (const path of paths) {
    if (!LIBRARY.test(path) && !MODULE.test(path)) continue;
    const place = await found.places.find(path);
    if (place?.status.type !== 'file' || rootAbove(place.path, found.roots) !== undefined) continue;
    // A link from a root to a single file elsewhere is packed where the link stands.
    if (place.links.some((link) => rootAbove(link.path, found.roots) !== undefined)) continue;
    const isModule = !LIBRARY.test(place.path);
    await addRoot(folderOf(place.path), isModule ? 'user' : 'libraries', found);
  }
}

/** A folder that a link in a root leads to, outside of all: `site-packages/package -> /shared/package`. */
async function addLinkedFolders(paths: Iterable<string>, found: Found): Promise<void> {
  for (const path of paths) {
    const place = await found.places.find(path);
    if (place?.status.type !== 'file' || rootAbove(place.path, found.roots) !== undefined) continue;
    const link = place.links.findLast((each) => rootAbove(each.path, found.roots) !== undefined);
    const to = link && (await found.places.find(link.path));
    if (to?.status.type === 'folder') await addRoot(to.path, 'libraries', found);
  }
}

async function addCaches(caches: readonly Cache[], found: Found): Promise<void> {
  for (const { folder, unless } of caches) {
    if (unless === undefined || !(await found.places.find(unless))) await addRoot(folder, 'cache', found);
  }
}

export async function findRoots(recorded: Recorded, places: Places, caches: readonly Cache[] = []): Promise<Roots> {
  const { python, used, libraries, sharedMounts } = recorded;
  const isOfSystem = systemTest(sharedMounts);
  const roots: Found['roots'] = new Map();
  const found: Found = { roots, places, isOfSystem };
  await addRoot(python.prefix, python.prefix === python.basePrefix ? 'interpreter' : 'environment', found);
  await addRoot(python.basePrefix, 'interpreter', found);
  await addRoot(python.stdlib, 'interpreter', found);
  const programs = (await places.find(folderOf(python.executable)))?.path;
  for (const { path, origin } of python.pathEntries) {
    const place = await places.find(path);
    if (!place || OF_INTERPRETER.has(origin)) continue;
    const isInside = rootAbove(place.path, roots) !== undefined;
    if (origin === 'script') {
      // Of a console script it is the environment's folder of programs.
      if (place.path !== programs) await addRoot(path, 'user', found);
    } else if (!isInside) await addRoot(path, await kindOfEntry(path, origin, places), found);
  }
  await addCaches(caches, found);
  await addLinkedFolders(used, found);
  await addFolders([...libraries.map(({ path }) => path), ...used], found);
  const all = [...roots].map(([path, kind]) => ({ path, kind })).sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    all,
    isOfSystem,
    of(path) {
      if (isOfSystem(path)) return undefined;
      const above = rootAbove(path, roots);
      return above === undefined ? undefined : { path: above, kind: roots.get(above) ?? 'libraries' };
    },
  };
}
