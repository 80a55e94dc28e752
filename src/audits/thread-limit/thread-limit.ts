import { formatCountOf, formatPercent, sum } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { byRank } from '../by-rank.ts';
import { factEvidence } from '../evidence.ts';
import { nameNodes, sameOn } from '../name-some.ts';
import { largestPool, variableOf } from '../thread-pools.ts';
import { verdictOf } from '../verdict-of.ts';

type Asked = Pick<Artifacts, 'placement' | 'threads'>;
type LimitName = 'RLIMIT_NPROC' | 'pids.max';

interface Use {
  readonly node: string;
  readonly limit: LimitName;
  readonly most: number;
  readonly threads: number;
  readonly ranks: number;
  readonly runtime: string;
  /** Those that make the pools smaller. */
  readonly variables: readonly string[];
}

/** From here on one more tool on the node is enough to reach the limit. */
const NEARLY = 0.8;

/** How each of the two limits names what it holds. Both count threads, not processes: setrlimit(2), and
 * https://docs.kernel.org/admin-guide/cgroup-v2.html#pid. */
const MEANINGS: Record<LimitName, string> = {
  RLIMIT_NPROC: "the user's processes and threads on the whole node",
  'pids.max': 'processes and threads of the control group',
};

/** The tightest of what the ranks were given; nothing where one has no limit or does not say. */
function tightest(limits: readonly (number | null | undefined)[]): number | undefined {
  const numbers = limits.filter((limit): limit is number => typeof limit === 'number' && limit > 0);
  return numbers.length === limits.length && numbers.length > 0 ? Math.min(...new Set(numbers)) : undefined;
}

function usesOf({ placement, threads }: Asked): Use[] {
  const pools = byRank(threads.pools);
  const limits = byRank(threads.limits);
  const cgroups = byRank(threads.cgroups);
  const running = new Map(threads.running.map((row) => [row.rank, row.threads]));

  return placement.nodes.flatMap(({ name, ranks }) => {
    const numbers = ranks.map(({ rank }) => rank);
    // What a rank ran at its end, or what its largest pool will: the pools that started are in the first.
    const planned = sum(numbers, (rank) =>
      Math.max(running.get(rank) ?? 1, largestPool(pools.get(rank))?.threads ?? 1),
    );
    const largest = largestPool(numbers.flatMap((rank) => largestPool(pools.get(rank)) ?? []));
    const now = Math.max(0, ...numbers.map((rank) => cgroups.get(rank)?.pidsNow ?? 0));
    const shared = {
      node: name,
      ranks: ranks.length,
      runtime: largest?.runtime ?? 'no pool',
      variables: [...new Set(['OMP_NUM_THREADS', (largest && variableOf(largest)) ?? 'OMP_NUM_THREADS'])],
    };
    const processes = tightest(numbers.map((rank) => limits.get(rank)?.processes));
    const pids = tightest(numbers.map((rank) => cgroups.get(rank)?.pidsMax));
    return [
      ...(processes === undefined
        ? []
        : [{ ...shared, limit: 'RLIMIT_NPROC' as const, most: processes, threads: planned }]),
      ...(pids === undefined
        ? []
        : [{ ...shared, limit: 'pids.max' as const, most: pids, threads: Math.max(planned, now) }]),
    ];
  });
}

function findingOf(uses: readonly [Use, ...Use[]]): Finding {
  const [worst = uses[0]] = [...uses].sort((a, b) => b.threads / b.most - a.threads / a.most);
  const reached = worst.threads >= worst.most;
  const more = sameOn(uses.length - 1);
  return {
    message: `${formatCountOf(worst.ranks, 'rank')} of node ${worst.node} ${worst.ranks === 1 ? 'needs' : 'need'} ${formatCountOf(worst.threads, 'thread')} and ${worst.limit} allows ${worst.most}${more}`,
    severity: reached ? 'error' : 'warning',
    // Who else counts against it is not seen, and root is free of the first.
    confidence: 'likely',
    harm: 'crash',
    fixer: 'user',
    fix: `Ask for fewer threads before Python starts, \`export ${worst.variables.map((name) => `${name}=1`).join(' ')}\`, or have the limit raised.`,
    check:
      worst.limit === 'RLIMIT_NPROC'
        ? '`ulimit -u` in the job is above threads × ranks'
        : '`pids.max` of the control group is above threads × ranks',
    subject: worst.limit,
    evidence: [
      factEvidence({
        nodes: nameNodes(uses.map(({ node }) => node)),
        'what the limit counts': MEANINGS[worst.limit],
        used: formatPercent(worst.threads / worst.most),
        'largest pool': worst.runtime,
      }),
    ],
  };
}

export const threadLimit = defineAudit({
  id: 'thread-limit',
  category: 'parallelism',
  question: 'Do the threads of a node fit under the limits of processes?',
  needs: ['placement', 'threads'],

  answer(artifacts): Verdict {
    const { threads } = artifacts;
    const hasLimits = threads.limits.some(({ value }) => value.processes !== undefined);
    if (!hasLimits && threads.cgroups.length === 0) return { kind: 'unknown', because: 'no limits were recorded' };
    const near = usesOf(artifacts).filter(({ threads: planned, most }) => planned >= NEARLY * most);
    return verdictOf(
      (['RLIMIT_NPROC', 'pids.max'] as const).flatMap((limit) => {
        const [first, ...rest] = near.filter((use) => use.limit === limit);
        return first ? [findingOf([first, ...rest])] : [];
      }),
    );
  },
});
