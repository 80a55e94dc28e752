import { METADATA_REQUESTS, type ScaleArithmetic } from '#schema';
import type { Asked, Network, Size } from './demand.ts';
import { lastTime, leastTime, mostTime } from './network.ts';
import type { World } from './worlds.ts';

/** The numbers of one start in one world, for somebody who checks them by hand. */
export function arithmeticOf(
  { rank, node }: { readonly rank: Asked; readonly node: Asked },
  world: World,
  { load, rank: demand, stations }: Network,
  { nodes, ranksPerNode, jobs, skew, ownSeconds, coresPerNode }: Size,
): ScaleArithmetic {
  const micro = (seconds: number) => seconds * 1e6;
  const likely = lastTime(load);
  return {
    ...{ nodes, ranksPerNode, jobs, ownSeconds },
    metadata: METADATA_REQUESTS.map((request) => ({
      request,
      perRank: rank.metadata[request],
      perNode: node.metadata[request],
      microseconds: micro(world.service[request]),
    })),
    data: {
      perRank: rank.sizes + rank.reads(world.requestBytes) + rank.writes(world.requestBytes),
      perNode: node.sizes + node.reads(world.requestBytes) + node.writes(world.requestBytes),
      bytesPerNode: node.bytes,
      microseconds: micro(world.dataService),
      bytesPerSecondPerSlot: world.bytesPerSecondPerSlot,
      slots: world.dataSlots,
    },
    metadataSlots: world.metadataSlots,
    roundTripMicroseconds: micro(world.roundTrip),
    waited: demand.waited,
    coresPerNode: coresPerNode ?? ranksPerNode,
    inFlightPerNode: world.inFlightPerNode,
    otherMetadataShare: stations.metadata.others(likely),
    otherDataShare: stations.data.others(likely),
    launchSeconds: skew,
    alone: load.alone,
    least: leastTime(load),
    most: mostTime(load),
    likely,
  };
}
