import { success } from '#base';
import type { Group, Recording, Threads } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { groupShared } from '../group-ranks.ts';
import { stepNodes } from '../step-nodes.ts';
import { stepPathText } from '../step-path-text.ts';

type Cgroup = Threads['cgroups'][number]['value'];

/** How many processes a group held is of its node and of the moment, and tells no ranks apart: the most that was seen counts. */
function cgroups(recordings: readonly Recording[]): Group<Cgroup>[] {
  const held = new Map(
    recordings.flatMap(({ facts }) =>
      facts.cgroup.flatMap(({ ranks, pidsNow }) => (pidsNow === undefined ? [] : ranks.map((rank) => [rank, pidsNow]))),
    ),
  );
  const groups: Group<Cgroup>[] = groupShared(
    recordings,
    ({ facts }) => facts.cgroup,
    ({ ranks, pidsNow, ...cgroup }) => cgroup,
  );
  return groups.map(({ ranks, value }) => {
    const most = ranks.reduce((most, rank) => Math.max(most, held.get(rank) ?? -1), -1);
    return { ranks, value: most < 0 ? value : { ...value, pidsNow: most } };
  });
}

function running(recordings: readonly Recording[]): Threads['running'] {
  return stepNodes(recordings).flatMap(({ ranks }) =>
    ranks.flatMap(({ rank, threads }) => (threads === undefined ? [] : { rank, threads })),
  );
}

/** Threads that the libraries of each rank will start, the CPUs that they count, and what bounds both. */
export const threads: Gatherer<'threads'> = {
  makes: 'threads',

  gather(recordings) {
    return success({
      pools: groupShared(
        recordings,
        ({ facts }) => facts.pools,
        ({ pools }, { paths }) =>
          pools.map(({ library, ...pool }) => ({
            ...pool,
            ...(library === undefined ? {} : { library: stepPathText(paths, library) }),
          })),
      ),
      counts: groupShared(
        recordings,
        ({ facts }) => facts.counts,
        ({ counts }) => counts,
      ),
      limits: groupShared(
        recordings,
        ({ facts }) => facts.limits,
        ({ ranks, ...limits }) => limits,
      ),
      cgroups: cgroups(recordings),
      running: running(recordings),
    });
  },
};
