import { countCpus, formatCountOf, formatNumber } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { byRank } from '../by-rank.ts';
import { factEvidence } from '../evidence.ts';
import { nameNodes, nameRanks } from '../name-some.ts';
import { maskedRanks } from '../rank-masks.ts';
import { largestPool, type Pool, variableOf } from '../thread-pools.ts';
import { verdictOf } from '../verdict-of.ts';

interface Throttled {
  readonly node: string;
  readonly rank: number;
  readonly quota: number;
  readonly cpus: number;
  readonly pool: Pool | undefined;
}

function throttledRanks({ placement, threads }: Pick<Artifacts, 'placement' | 'threads'>): Throttled[] {
  const cgroups = byRank(threads.cgroups);
  const pools = byRank(threads.pools);
  return placement.nodes.flatMap((node) =>
    maskedRanks(node).flatMap(({ rank, mask }) => {
      const quota = cgroups.get(rank)?.quota;
      const cpus = countCpus(mask);
      // A quota of 3.5 holds four CPUs, as `nproc` rounds it.
      if (quota === undefined || Math.ceil(quota) >= cpus) return [];
      return [{ node: node.name, rank, quota, cpus, pool: largestPool(pools.get(rank)) }];
    }),
  );
}

const isOver = ({ quota, pool }: Throttled) => pool !== undefined && pool.threads > Math.ceil(quota);

function findingOf(ranks: readonly [Throttled, ...Throttled[]]): Finding {
  const [worst = ranks[0]] = [...ranks].sort(
    (a, b) => (b.pool?.threads ?? 0) / b.quota - (a.pool?.threads ?? 0) / a.quota,
  );
  const { pool } = worst;
  const quota = formatNumber(worst.quota);
  const time = worst.quota === 1 ? '1 CPU' : `${quota} CPUs`;
  const variables = [
    'OMP_NUM_THREADS',
    (pool && variableOf(pool)) ?? 'OMP_NUM_THREADS',
    'PYTHON_CPU_COUNT',
    'LOKY_MAX_CPU_COUNT',
  ];
  const whole = Math.max(1, Math.floor(worst.quota));
  const sized = pool && isOver(worst) ? `, and ${pool.runtime} runs ${formatCountOf(pool.threads, 'thread')}` : '';
  return {
    message: `the control group gives rank ${worst.rank} the time of ${time} while its mask names ${worst.cpus}${sized}`,
    severity: isOver(worst) ? 'warning' : 'note',
    confidence: 'certain',
    harm: 'cost',
    fixer: 'user',
    fix: `Tell the libraries what they have: \`export ${[...new Set(variables)].map((name) => `${name}=${whole}`).join(' ')}\`.`,
    check: '`nr_throttled` in `cpu.stat` of the control group stays as it is while the job runs',
    subject: 'CPU quota',
    evidence: [
      factEvidence({
        nodes: nameNodes([...new Set(ranks.map(({ node }) => node))]),
        ranks: nameRanks(ranks.map(({ rank }) => rank)),
        'CPUs by quota': quota,
        'CPUs by mask': `${worst.cpus}`,
        'largest pool': pool ? `${pool.runtime}, ${formatCountOf(pool.threads, 'thread')}` : 'none',
      }),
    ],
  };
}

export const quotaBelowMask = defineAudit({
  id: 'quota-below-mask',
  category: 'parallelism',
  question: 'Does a quota give the ranks less time than their CPUs could?',
  needs: ['placement', 'threads'],

  answer(artifacts): Verdict {
    const { cgroups } = artifacts.threads;
    if (cgroups.length === 0) return { kind: 'unknown', because: 'the control groups of the ranks were not recorded' };
    if (cgroups.every(({ value }) => value.quota === undefined)) return { kind: 'pass' };
    const throttled = throttledRanks(artifacts);
    const [first, ...rest] = throttled.some(isOver) ? throttled.filter(isOver) : throttled;
    return verdictOf(first ? [findingOf([first, ...rest])] : []);
  },
});
