import { sum } from '#base';
import type { CacheModel } from '#schema';
import type { Fetch } from './requests.ts';
import type { ObservedTree, Tally, Use } from './tally.ts';
import type { Walk } from './walk.ts';

/** What the ranks of one node ask together, before data is cut into requests. */
export interface Folded {
  readonly lookups: number;
  readonly misses: number;
  readonly getattrs: number;
  readonly opens: number;
  readonly closes: number;
  readonly readdirs: number;
  readonly readlinks: number;
  readonly changes: number;
  readonly sizes: number;
  readonly fetches: readonly Fetch[];
}

export interface Node {
  readonly cache: CacheModel;
  /** All start alike, at the same time. */
  readonly ranks: number;
  /** How long the start lasts: what is kept for a shorter time is asked for again. */
  readonly seconds: number;
}

/** What one node's cache leaves of the accesses of its ranks. Fewer accesses never make more requests. */
export function fold(tally: Tally, { walk, directories }: ObservedTree, node: Node): Folded {
  const { cache, ranks } = node;
  const uses = [...tally.uses].filter(([file]) => walk.shared[file]).map(([file, use]) => ({ file, use }));
  const openedOnly = askedOf(walk, tally.opened).filter((entry) => !tally.found.has(entry));
  const reached = sum(uses, ({ use }) => reaching(use.opens * ranks, cache.opens.value));
  const folders = sum(uses, ({ use }) => reaching(directoryOpens(use) * ranks, cache.directoryOpens.value));
  return {
    lookups: lookups(tally, walk, node, openedOnly.length),
    misses: sum(tally.missing, ([entry, count]) => (walk.asked[entry] ? missesOf(count * ranks, node) : 0)),
    getattrs: directoriesAgain(tally, walk, node) + revalidations(uses, new Set(openedOnly), node),
    opens: reached + folders,
    closes: cache.closes.value === 'never' ? 0 : reached + folders,
    readdirs: sum(uses, ({ use }) => readdirs(use, node)),
    readlinks: cache.links.value ? sharedOf(walk, tally.followed).length : tally.links * ranks,
    changes: sum(uses, ({ use }) => use.changes * ranks),
    sizes: cache.sizeFromDataServers.value ? sizes(uses, directories) : 0,
    fetches: uses.flatMap(({ use }) => fetches(use, node)),
  };
}

interface SharedUse {
  readonly file: number;
  readonly use: Use;
}

const askedOf = (walk: Walk, entries: Iterable<number>) => [...entries].filter((entry) => walk.asked[entry]);
const sharedOf = (walk: Walk, entries: Iterable<number>) => [...entries].filter((entry) => walk.shared[entry]);

const reaching = (opens: number, most: number | 'every') => (most === 'every' ? opens : Math.min(opens, most));

/** How many times something is asked for again because it was kept for too short a time. */
function expiries(kept: number | 'until-changed', seconds: number): number {
  return kept === 'until-changed' || kept === 0 ? 0 : Math.floor(seconds / kept);
}

function lookups(tally: Tally, walk: Walk, { cache, ranks }: Node, openedOnly: number): number {
  if (cache.entries.value === 0) return tally.steps * ranks;
  const savedByOpen = cache.openFindsName.value && cache.opens.value !== 0;
  return askedOf(walk, tally.found).length + (savedByOpen ? 0 : openedOnly);
}

function missesOf(count: number, { cache, seconds }: Node): number {
  const kept = cache.missing.value;
  return kept === 0 ? count : Math.min(count, 1 + expiries(kept, seconds));
}

/** Directories are walked through during the whole start; files are used once, in a moment. */
function directoriesAgain(tally: Tally, walk: Walk, { cache, seconds }: Node): number {
  const again = expiries(cache.entries.value, seconds);
  if (again === 0) return 0;
  return again * sharedOf(walk, directoriesOf(tally, walk)).length;
}

function directoriesOf(tally: Tally, walk: Walk): Set<number> {
  const folders = new Set<number>();
  for (const entries of [tally.found, tally.opened, tally.missing.keys()]) {
    for (const entry of entries) folders.add(walk.parent[entry] ?? 0);
  }
  return folders;
}

function revalidations(uses: readonly SharedUse[], openedOnly: ReadonlySet<number>, { cache, ranks }: Node): number {
  if (!cache.openRevalidates.value) return 0;
  // The lookup that an open causes brings fresh attributes.
  return sum(uses, ({ file, use }) => Math.max(0, use.opens * ranks - (openedOnly.has(file) ? 1 : 0)));
}

const directoryOpens = ({ directoryOpens: opens, listings }: Use) => opens || Math.min(1, listings);

function readdirs({ directoryOpens: opens, listings }: Use, { cache, ranks }: Node): number {
  if (listings === 0) return 0;
  // Two calls read a small directory: entries, then the end. A large one takes more.
  const passes = Math.max(opens, Math.ceil(listings / 2));
  return cache.requestsPerListing.value * (cache.listings.value ? 1 : passes * ranks);
}

function sizes(uses: readonly SharedUse[], directories: ReadonlySet<number>): number {
  return uses.filter(({ file, use }) => !directories.has(file) && (use.stats > 0 || use.opens > 0)).length;
}

function fetches(use: Use, { cache, ranks }: Node): Fetch[] {
  const nothing = { leastRequests: 0, readBytes: 0, mappedBytes: 0, programBytes: 0, writtenBytes: 0, times: ranks };
  const { programBytes } = use;
  // A program's pages are those of the mapping.
  const mappedOnce = programBytes > 0 ? 0 : use.mostMappedBytes;
  const once = { ...nothing, readBytes: use.mostReadBytes, leastRequests: 1, times: 1 };
  const each = { ...nothing, readBytes: use.readBytes, leastRequests: Math.max(1, use.opens) };
  const written = { ...nothing, writtenBytes: use.writtenBytes };
  // The header that the loader reads of a library is part of what is mapped, where both are kept alike.
  const read = {
    node: [{ ...once, mappedBytes: mappedOnce, programBytes }],
    open: [{ ...each, mappedBytes: programBytes > 0 ? 0 : use.mappedBytes, programBytes }],
    mapped: [
      ...(use.readBytes > 0 ? [each] : []),
      ...(isMapped(use) ? [{ ...once, readBytes: 0, mappedBytes: mappedOnce, programBytes }] : []),
    ],
  }[cache.data.value];
  return [...(use.readBytes > 0 || isMapped(use) ? read : []), ...(use.writtenBytes > 0 ? [written] : [])];
}

/** An executed program is mapped by the kernel; where its size was not seen, at least one request fetches it. */
const isMapped = ({ mappedBytes, executed }: Use) => mappedBytes > 0 || executed;
