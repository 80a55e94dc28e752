import { sum } from '#base';
import { METADATA_REQUESTS, type ServerModel } from '#schema';
import type { Folded } from './fold.ts';
import type { Load, Station } from './network.ts';
import { bytesOf, type Requests, readsOf, writesOf } from './requests.ts';
import type { Share, World } from './worlds.ts';

export function requestsOf(folded: Folded, server: ServerModel): Requests {
  const { lookups, misses, getattrs, opens, closes, readdirs, readlinks, changes, sizes, fetches } = folded;
  const metadata = lookups + misses + getattrs + opens + closes + readdirs + readlinks + changes;
  const requestBytes = server.dataRequestBytes.likely;
  const reads = Math.round(readsOf(fetches, requestBytes));
  const writes = writesOf(fetches, requestBytes);
  const bytes = Math.round(bytesOf(fetches));
  return {
    ...{ lookups, misses, getattrs, opens, closes, readdirs, readlinks, changes },
    ...{ sizes, reads, writes, bytes, metadata },
  };
}

/** Metadata requests by what they ask of the server. */
function metadataRequests(folded: Folded): Readonly<Record<(typeof METADATA_REQUESTS)[number], number>> {
  return {
    lookup: folded.lookups + folded.misses,
    getattr: folded.getattrs,
    open: folded.opens,
    close: folded.closes,
    readdir: folded.readdirs,
    readlink: folded.readlinks,
    change: folded.changes,
  };
}

/** What a rank, or a node, asks, whatever the servers are like. */
export interface Asked {
  readonly metadata: ReturnType<typeof metadataRequests>;
  readonly sizes: number;
  readonly bytes: number;
  /** Fetches: the first request of each is waited for. */
  readonly first: number;
  reads(requestBytes: number): number;
  writes(requestBytes: number): number;
}

/** Counts once; files are many, and sizes of requests are few. */
export function askedOf(folded: Folded): Asked {
  const { fetches, sizes } = folded;
  const known = new Map<number, { readonly reads: number; readonly writes: number }>();
  const cut = (requestBytes: number) => {
    const old = known.get(requestBytes);
    if (old) return old;
    const counts = { reads: readsOf(fetches, requestBytes), writes: writesOf(fetches, requestBytes) };
    known.set(requestBytes, counts);
    return counts;
  };
  return {
    metadata: metadataRequests(folded),
    sizes,
    bytes: bytesOf(fetches),
    first: sum(fetches, ({ times }) => times),
    reads: (requestBytes) => cut(requestBytes).reads,
    writes: (requestBytes) => cut(requestBytes).writes,
  };
}

/** What one set of ranks brings to the servers. Seconds of service, beside the counts. */
export interface Demand {
  readonly metadata: number;
  readonly data: number;
  /** What somebody waits for: requests, each a round trip, and the service that they take. */
  readonly waited: number;
  readonly waitedMetadata: number;
  readonly waitedData: number;
}

export function demandOf(asked: Asked, world: World, closesWaited: boolean): Demand {
  const counts = METADATA_REQUESTS.map((kind) => ({ count: asked.metadata[kind], service: world.service[kind] }));
  const requests = sum(counts, ({ count }) => count);
  const metadata = sum(counts, ({ count, service }) => count * service);
  const unwaited = closesWaited ? 0 : asked.metadata.close;
  const reads = asked.reads(world.requestBytes);
  const first = Math.min(reads, asked.first);
  const waitedReads = first + (reads - first) * world.readsWaited;
  const moving = asked.bytes / world.bytesPerSecondPerSlot;
  const movedFirst = Math.min(moving, (first * world.requestBytes) / world.bytesPerSecondPerSlot);
  return {
    metadata,
    data: (asked.sizes + reads + asked.writes(world.requestBytes)) * world.dataService + moving,
    waited: requests - unwaited + asked.sizes + waitedReads,
    waitedMetadata: metadata - unwaited * world.service.close,
    waitedData:
      (asked.sizes + waitedReads) * world.dataService + movedFirst + (moving - movedFirst) * world.readsWaited,
  };
}

/** The size of a start. */
export interface Size {
  readonly nodes: number;
  readonly ranksPerNode: number;
  /** Copies of the job that start at the same time. */
  readonly jobs: number;
  /** Absent: as many as there are ranks. */
  readonly coresPerNode?: number;
  readonly ownSeconds: number;
  readonly skew: number;
}

const nobody = () => 0;

/**
 * A busy spell does not outlast its length: in a long start its share shrinks towards the mean as that of a sum of
 * independent spells. A quiet hour may last.
 */
function shareOf({ now, mean }: Share, burst: number): Station['others'] {
  if (now <= mean) return () => now;
  return (time) => mean + (now - mean) * Math.sqrt(burst / (burst + time) || 0);
}

/** One start in one world, solved by `network.ts`. */
export interface Network {
  readonly load: Load;
  readonly rank: Demand;
  readonly stations: Readonly<Record<'metadata' | 'data' | 'gate' | 'cpu', Station>>;
}

/** What all nodes share: others use it too. */
function serversOf(rank: Demand, node: Demand, world: World, { nodes, jobs, ranksPerNode }: Size) {
  const clients = nodes * jobs;
  const atOnce = Math.min(ranksPerNode, Math.max(1, world.inFlightPerNode));
  const server = (own: number, ofNode: number, slots: number, share: Share): Station => ({
    ...{ own, slots, variation: world.serviceVariation, others: shareOf(share, world.burst) },
    total: Math.max(own, clients * ofNode),
    customers: clients * atOnce,
  });
  return {
    metadata: server(rank.waitedMetadata, node.metadata, world.metadataSlots, world.other.metadata),
    data: server(rank.waitedData, node.data, world.dataSlots, world.other.data),
  };
}

/** The queueing network of one start in one world: `rank` is what one rank alone would ask, `node` what all of a node ask together. */
export function networkOf(
  asked: { readonly rank: Asked; readonly node: Asked },
  world: World,
  closesWaited: boolean,
  size: Size,
): Network {
  const rank = demandOf(asked.rank, world, closesWaited);
  const node = demandOf(asked.node, world, closesWaited);
  const underWay = ({ waited, waitedMetadata, waitedData }: Demand) =>
    waited * world.roundTrip + waitedMetadata + waitedData;
  const onNode = (own: number, total: number, slots: number): Station => ({
    ...{ own, total: Math.max(own, total), slots, customers: size.ranksPerNode, variation: 0, others: nobody },
  });
  const stations = {
    ...serversOf(rank, node, world, size),
    gate: onNode(underWay(rank), underWay(node), world.inFlightPerNode),
    cpu: onNode(size.ownSeconds, size.ownSeconds * size.ranksPerNode, size.coresPerNode ?? size.ranksPerNode),
  };
  return {
    rank,
    stations,
    load: {
      alone: size.ownSeconds + underWay(rank),
      skew: size.skew,
      stations: Object.values(stations),
    },
  };
}
