import { type CpuSet, countCpus, parseCpuList, subtractCpus, uniteCpus } from '#base';
import type { Artifacts } from '#schema';
import { byRank } from './by-rank.ts';

type Node = Artifacts['placement']['nodes'][number];

/**
 * CPUs of a node that the job was given. Not every site confines jobs to their CPUs: a control group that holds the
 * whole node tells nothing, unless the scheduler says that it gave the whole node. Then the rest may be another job's.
 */
export function givenCpus({
  placement,
  threads,
  interpreters,
}: Pick<Artifacts, 'placement' | 'threads' | 'interpreters'>): (node: Node) => CpuSet | undefined {
  const groups = byRank(threads.cgroups);
  const environments = byRank(interpreters.environment);

  return ({ layout, ranks }) => {
    const online = parseCpuList(placement.layouts[layout ?? -1]?.online ?? '');
    const lists = new Set(ranks.map(({ rank }) => groups.get(rank)?.cpus));
    if (online.length === 0 || lists.has(undefined)) return undefined;
    const confined = uniteCpus([...lists].map((list) => parseCpuList(list ?? '')));
    if (confined.length === 0) return undefined;
    if (subtractCpus(online, confined).length > 0) return confined;
    const granted = environments.get(ranks[0]?.rank ?? -1)?.values.SLURM_CPUS_ON_NODE;
    return Number(granted) >= countCpus(online) ? online : undefined;
  };
}
