import { sum } from '#base';
import type { Limit } from '#schema';
import type { Network } from './demand.ts';
import { bottleneckTime, lastTime, waitAt } from './network.ts';
import type { World } from './worlds.ts';

type StationName = keyof Network['stations'];

const LIMIT_OF: Readonly<Record<StationName, Limit>> = {
  metadata: 'metadata-server',
  data: 'data-servers',
  gate: 'node-requests',
  cpu: 'node-cpu',
};
const STATIONS = Object.keys(LIMIT_OF) as StationName[];

export interface Shares {
  readonly parts: Readonly<Partial<Record<Limit, number>>>;
  readonly limit: Limit;
}

/** Where the time goes in one world, stretched to `seconds`. What no wait explains is the work of the busiest station. */
export function shareOut({ load, rank, stations }: Network, world: World, seconds: number): Shares {
  const time = lastTime(load);
  const parts = new Map<Limit, number>([
    ['launcher', load.skew],
    ['own-work', stations.cpu.own],
    ['round-trips', rank.waited * world.roundTrip],
  ]);
  const served = { metadata: rank.waitedMetadata, data: rank.waitedData, gate: 0, cpu: 0 };
  for (const name of STATIONS) parts.set(LIMIT_OF[name], served[name] + waitAt(stations[name], time));
  const busiest = STATIONS.reduce((most, name) =>
    bottleneckTime(stations[name]) > bottleneckTime(stations[most]) ? name : most,
  );
  const unexplained = time - sum([...parts.values()], (part) => part);
  const limitOfBusiest = LIMIT_OF[busiest];
  // Less than this is how exactly the network was solved.
  if (unexplained > 1e-6 * time) parts.set(limitOfBusiest, (parts.get(limitOfBusiest) ?? 0) + unexplained);
  return stretch(parts, seconds);
}

/** Parts that were told apart, stretched so that in sum they are `seconds`. */
export function stretch(parts: Iterable<readonly [Limit, number]>, seconds: number): Shares {
  const kept = [...parts].filter(([, part]) => part > 0);
  const all = sum(kept, ([, part]) => part);
  const nothing: readonly [Limit, number] = ['own-work', 0];
  const [limit] = kept.reduce((most, one) => (one[1] > most[1] ? one : most), nothing);
  return { parts: Object.fromEntries(kept.map(([name, part]) => [name, (part / all) * seconds])), limit };
}
