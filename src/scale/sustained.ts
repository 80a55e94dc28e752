import type { Interval } from '#base';
import type { Limit } from '#schema';
import { type Asked, demandOf } from './demand.ts';
import { intervalOf } from './draws.ts';
import type { World } from './worlds.ts';

export interface Sustained {
  readonly startsPerSecond: Interval;
  readonly limit: Limit;
}

/**
 * Starts of single ranks, each second, that the servers keep up with for as long as it takes: tasks of a farm or an
 * array, `ranks` of them on each node at a time, whose node has nothing cached. Undefined where nothing is asked.
 */
export function sustainedOf(node: Asked, worlds: readonly World[], ranks: number): Sustained | undefined {
  const rates = worlds.map((world) => {
    const { metadata, data } = demandOf(node, world, true);
    return {
      metadata: (ranks * world.metadataSlots * (1 - world.other.metadata.mean)) / metadata,
      data: (ranks * world.dataSlots * (1 - world.other.data.mean)) / data,
    };
  });
  const samples = rates.map(({ metadata, data }) => Math.min(metadata, data));
  if (!samples.every(Number.isFinite)) return undefined;
  const byMetadata = rates.filter(({ metadata, data }) => metadata <= data).length;
  const limit: Limit = byMetadata * 2 >= rates.length ? 'metadata-server' : 'data-servers';
  return { startsPerSecond: intervalOf(samples), limit };
}
