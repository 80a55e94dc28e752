import { sum } from '#base';
import type { CacheModel } from '#schema';
import type { Asked } from './demand.ts';
import type { Left } from './remaining.ts';
import { faultsOf } from './requests.ts';

/** A file on shared storage that each rank maps. */
export interface MappedFile {
  /** That are moved to a node because ranks touch their pages. */
  readonly touchedBytes: number;
}

/** What `ranks` of one node ask for the files: a name, an open, and pages as they are touched. */
function askedFor(files: readonly MappedFile[], cache: CacheModel, ranks: number): Asked {
  const opens = files.length * (cache.opens.value === 'every' ? ranks : Math.min(ranks, cache.opens.value));
  const times = cache.data.value === 'open' ? ranks : 1;
  const bytes = times * sum(files, ({ touchedBytes }) => touchedBytes);
  const names = cache.openFindsName.value && opens > 0 ? 0 : files.length;
  const closes = cache.closes.value === 'never' ? 0 : opens;
  return {
    metadata: { lookup: names, getattr: 0, open: opens, close: closes, readdir: 0, readlink: 0, change: 0 },
    sizes: cache.sizeFromDataServers.value ? files.length : 0,
    bytes,
    first: times * files.length,
    reads: (requestBytes) => faultsOf(bytes, requestBytes),
    writes: () => 0,
  };
}

function added(a: Asked, b: Asked): Asked {
  const kinds = Object.keys(a.metadata) as (keyof Asked['metadata'])[];
  const metadata = Object.fromEntries(kinds.map((kind) => [kind, a.metadata[kind] + b.metadata[kind]]));
  return {
    metadata: metadata as Asked['metadata'],
    ...{ sizes: a.sizes + b.sizes, bytes: a.bytes + b.bytes, first: a.first + b.first },
    reads: (requestBytes) => a.reads(requestBytes) + b.reads(requestBytes),
    writes: (requestBytes) => a.writes(requestBytes) + b.writes(requestBytes),
  };
}

/** What is left of the accesses, and the files mapped beside it. The same object for the same requests, as `Left` has it. */
export function withMapped(
  left: Pick<Left, 'asked'>,
  files: readonly MappedFile[],
  cache: CacheModel,
  ranks: number,
): Pick<Left, 'asked'> {
  if (files.length === 0) return left;
  const more = { rank: askedFor(files, cache, 1), node: askedFor(files, cache, ranks) };
  const known = new WeakMap<ReturnType<Left['asked']>, ReturnType<Left['asked']>>();
  return {
    asked(seconds) {
      const before = left.asked(seconds);
      const both = known.get(before) ?? { rank: added(before.rank, more.rank), node: added(before.node, more.node) };
      known.set(before, both);
      return both;
    },
  };
}
