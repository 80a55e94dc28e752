import { folderOf, nameOf } from '#base';
import type { FileStatus } from '#host';
import { siteLibraryKind } from '#knowledge';
import type { PassedLink, Place, Places } from './places.ts';
import type { Roots } from './roots.ts';

/** A file that is packed. */
export interface Chosen {
  readonly because: string;
  readonly status: FileStatus;
  /** Where its content is, when that is elsewhere: it stands where a link out of all roots stood. */
  readonly source?: string;
}

/** What is packed so far. All paths are without links. */
export interface Selection {
  readonly places: Places;
  readonly roots: Roots;
  readonly files: ReadonlyMap<string, Chosen>;
  /** Folders that are made: all that is in one of a root stands in the stage, or leads back. */
  readonly folders: ReadonlySet<string>;
  /** Those of them where libraries look for others. */
  readonly searched: ReadonlySet<string>;
  /** Links that stand as they are, with their text. */
  readonly links: ReadonlyMap<string, string>;
  /** Libraries that were left to the site, and of what kind they are. */
  readonly site: ReadonlyMap<string, string>;
  /** Libraries that stay where they are, for their cost in an image. */
  readonly left: ReadonlySet<string>;
  /** Packs what a path leads to: a file, or a folder without what is in it. Where nothing is, the folder that says so. */
  add(path: string, because: string): Promise<Place | undefined>;
  /** Packs a folder where libraries look for others, without what is in it. */
  addSearched(folder: string, because: string): Promise<void>;
  /** Leaves out what was added. */
  drop(path: string): void;
  /** Leaves out a library for its cost. */
  leave(path: string): void;
}

export function selectionOf(places: Places, roots: Roots): Selection {
  const files = new Map<string, Chosen>();
  const folders = new Set<string>();
  const searched = new Set<string>();
  const links = new Map<string, string>();
  const site = new Map<string, string>();
  const left = new Set<string>();

  function addFolder(path: string): void {
    if (folders.has(path)) return;
    folders.add(path);
    if (path !== '/') addFolder(folderOf(path));
  }

  function addLinks(passed: readonly PassedLink[]): void {
    for (const { path, target } of passed) {
      links.set(path, target);
      addFolder(folderOf(path));
    }
  }

  const isInside = ({ path }: PassedLink) => roots.of(path) !== undefined;

  /** Outside of all roots: only links in a root are ours, and what one of them stands for. */
  function addOutside({ path, status, links: passed }: Place, because: string): void {
    const at = passed.findLastIndex(isInside);
    const link = passed[at];
    if (!link) return;
    if (status.type !== 'file' || roots.isOfSystem(path) || siteLibraryKind(nameOf(path))) {
      addLinks(passed.filter(isInside));
      return;
    }
    addLinks(passed.slice(0, at));
    addFolder(folderOf(link.path));
    if (!files.has(link.path)) files.set(link.path, { because, status, source: path });
  }

  function addPlace(place: Place, because: string): void {
    // The lists of `launch` have a line for each path.
    if (place.path.includes('\n')) return;
    if (roots.of(place.path) === undefined) {
      addOutside(place, because);
      return;
    }
    addLinks(place.links);
    const kind = siteLibraryKind(nameOf(place.path));
    if (place.status.type === 'folder') addFolder(place.path);
    if (place.status.type !== 'file') return;
    addFolder(folderOf(place.path));
    if (kind !== undefined) site.set(place.path, kind);
    else if (!files.has(place.path)) files.set(place.path, { because, status: place.status });
  }

  async function add(path: string, because: string): Promise<Place | undefined> {
    const place = await places.find(path);
    if (place) {
      addPlace(place, because);
      return place;
    }
    for (let folder = folderOf(path); folder !== '/'; folder = folderOf(folder)) {
      const above = await places.find(folder);
      if (!above) continue;
      if (above.status.type === 'folder') addPlace(above, because);
      return undefined;
    }
    return undefined;
  }

  return {
    places,
    roots,
    files,
    folders,
    searched,
    links,
    site,
    left,
    drop: (path) => files.delete(path),
    leave(path) {
      if (files.delete(path)) left.add(path);
    },
    add,
    async addSearched(folder, because) {
      const place = await add(folder, because);
      if (place && folders.has(place.path)) searched.add(place.path);
    },
  };
}
