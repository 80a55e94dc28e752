import { sum } from '#base';
import type { ServerModel } from '#schema';
import type { Folded } from './fold.ts';
import type { Gate, Load, Station } from './queueing.ts';
import { bytesOf, type Requests, readsOf, writesOf } from './requests.ts';

/** Which end of each range: the one that makes the start short, the likely one, or the one that makes it long. */
export type Corner = 'low' | 'likely' | 'high';

interface Range {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

const OPPOSITE = { low: 'high', likely: 'likely', high: 'low' } as const;
/** A time: more makes the start longer. */
const cost = (range: Range, corner: Corner) => range[corner];
/** A capacity: more makes the start shorter. */
const capacity = (range: Range, corner: Corner) => range[OPPOSITE[corner]];

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

/** What one set of ranks brings to the servers. */
interface Demand {
  readonly metadataSeconds: number;
  readonly dataSeconds: number;
  /** Requests that somebody waits for, each a round trip, and the service they take. */
  readonly waited: number;
  readonly waitedMetadataSeconds: number;
  readonly waitedDataSeconds: number;
}

const MICRO = 1e-6;

function demandOf(folded: Folded, server: ServerModel, corner: Corner, closesWaited: boolean): Demand {
  const service = (kind: keyof ServerModel['metadataServiceMicroseconds']) =>
    MICRO * cost(server.metadataServiceMicroseconds[kind], corner);
  const closing = folded.closes * service('close');
  const metadataSeconds =
    (folded.lookups + folded.misses) * service('lookup') +
    folded.getattrs * service('getattr') +
    folded.opens * service('open') +
    folded.readdirs * service('readdir') +
    folded.readlinks * service('readlink') +
    folded.changes * service('change') +
    closing;
  const requests = requestsOf(folded, server);
  const requestBytes = capacity(server.dataRequestBytes, corner);
  const reads = readsOf(folded.fetches, requestBytes);
  const writes = writesOf(folded.fetches, requestBytes);
  const perRequest = MICRO * cost(server.dataServiceMicroseconds, corner);
  const moving = requests.bytes / capacity(server.dataBytesPerSecondPerSlot, corner);
  // Reading ahead overlaps: for certain only the first request of each file is waited for. Writes are behind.
  const first = Math.min(
    reads,
    sum(folded.fetches, ({ times }) => times),
  );
  const waitedReads = folded.sizes + (corner === 'low' ? first : reads);
  return {
    metadataSeconds,
    dataSeconds: (folded.sizes + reads + writes) * perRequest + moving,
    waited: requests.metadata - (closesWaited ? 0 : folded.closes) + waitedReads,
    waitedMetadataSeconds: metadataSeconds - (closesWaited ? 0 : closing),
    waitedDataSeconds: waitedReads * perRequest + (corner === 'low' ? 0 : moving),
  };
}

export interface Size {
  readonly nodes: number;
  readonly ranksPerNode: number;
  readonly localSeconds: number;
}

/** The queueing network of `nodes` nodes: `rank` is what one rank alone would ask, `node` what all of a node ask together. */
export function loadOf(
  { rank, node }: { readonly rank: Folded; readonly node: Folded },
  { server, closesWaited }: { readonly server: ServerModel; readonly closesWaited: boolean },
  corner: Corner,
  { nodes, ranksPerNode, localSeconds }: Size,
): Load {
  const one = demandOf(rank, server, corner, closesWaited);
  const all = demandOf(node, server, corner, closesWaited);
  const roundTrip = MICRO * cost(server.roundTripMicroseconds, corner);
  const station = (own: number, ofNode: number, slots: number): Station => ({
    own,
    total: Math.max(own, nodes * ofNode),
    slots,
  });
  const underWay = ({ waited, waitedMetadataSeconds, waitedDataSeconds }: Demand) =>
    waited * roundTrip + waitedMetadataSeconds + waitedDataSeconds;
  const gate: Gate = {
    own: underWay(one),
    total: Math.max(underWay(one), underWay(all)),
    slots: capacity(server.inFlightPerNode, corner),
    customers: ranksPerNode,
  };
  return {
    delay: localSeconds + one.waited * roundTrip,
    stations: [
      station(one.waitedMetadataSeconds, all.metadataSeconds, capacity(server.metadataSlots, corner)),
      station(one.waitedDataSeconds, all.dataSeconds, capacity(server.dataSlots, corner)),
    ],
    gate,
  };
}
