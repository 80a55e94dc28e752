import {
  countCpus,
  formatCountOf,
  formatCpuList,
  formatPercent,
  intersectCpus,
  parseCpuList,
  subtractCpus,
  uniteCpus,
} from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { byRank } from '../by-rank.ts';
import { factEvidence } from '../evidence.ts';
import { givenCpus } from '../given-cpus.ts';
import { launchLine } from '../launch-line.ts';
import { nameNodes, sameOn } from '../name-some.ts';
import { coreCounter, type MaskedRank, maskedRanks } from '../rank-masks.ts';
import { largestPool, type Pool } from '../thread-pools.ts';
import { verdictOf } from '../verdict-of.ts';

type Asked = Pick<Artifacts, 'placement' | 'threads' | 'interpreters'>;

interface Idle {
  readonly node: string;
  readonly idleCores: number;
  readonly givenCores: number;
  readonly cpus: string;
  readonly givenCpus: number;
  readonly ranks: readonly MaskedRank[];
}

/** Of the cores that a job was given on a node: what is left over where ranks do not divide them is nobody's mistake. */
const NOTEWORTHY_IDLE_SHARE = 0.25;

function idleOf(artifacts: Asked): { readonly idle: Idle[]; readonly known: number } {
  const given = givenCpus(artifacts);
  let known = 0;
  const idle = artifacts.placement.nodes.flatMap((node) => {
    const ranks = maskedRanks(node);
    // Threads may be bound anywhere that the rank was before it bound itself.
    const used = uniteCpus(new Set(ranks.flatMap(({ mask, atStart }) => [mask, atStart ?? mask])));
    const online = parseCpuList(artifacts.placement.layouts[node.layout ?? -1]?.online ?? '');
    // Where the ranks may use the whole node, it matters not what was given.
    const isAll = online.length > 0 && subtractCpus(online, used).length === 0;
    const had = isAll ? online : given(node);
    // A rank whose mask is not known may be on the rest.
    if (!had || ranks.length === 0 || ranks.length < node.ranks.length) return [];
    known += 1;
    const coresIn = coreCounter(artifacts.placement.layouts[node.layout ?? -1]);
    const givenCores = coresIn(had);
    const idleCores = givenCores - coresIn(intersectCpus(had, used));
    if (idleCores < NOTEWORTHY_IDLE_SHARE * givenCores) return [];
    const cpus = formatCpuList(subtractCpus(had, used));
    return [{ node: node.name, idleCores, givenCores, cpus, givenCpus: countCpus(had), ranks }];
  });
  return { idle, known };
}

/** A library that would take more threads: it counted the CPUs of the mask, and nobody told it a number. */
function confinedPool({ ranks }: Idle, pools: ReadonlyMap<number, readonly Pool[]>): Pool | undefined {
  for (const { rank, mask } of ranks) {
    const pool = largestPool(pools.get(rank));
    if (pool && pool.variable === undefined && pool.threads <= countCpus(mask)) return pool;
  }
  return undefined;
}

function findingOf(idle: readonly [Idle, ...Idle[]], { threads }: Asked, launcher: string): Finding {
  const [worst = idle[0]] = [...idle].sort((a, b) => b.idleCores / b.givenCores - a.idleCores / a.givenCores);
  const pool = confinedPool(worst, byRank(threads.pools));
  const held = pool ? `; ${pool.runtime} is held to ${formatCountOf(pool.threads, 'thread')} a rank by the mask` : '';
  const more = sameOn(idle.length - 1);
  return {
    message: `no rank of node ${worst.node} may use ${worst.idleCores} of the ${formatCountOf(worst.givenCores, 'core')} that the job was given there${held}${more}`,
    severity: pool ? 'warning' : 'note',
    confidence: pool ? 'likely' : 'possible',
    harm: 'cost',
    fixer: 'user',
    fix: `Give the ranks all of the cores, \`${launchLine(launcher, worst.givenCpus / worst.ranks.length)} …\`, or ask for fewer.`,
    check: 'the picture shows no idle core but those that the site keeps',
    subject: 'cores that no rank may use',
    evidence: [
      factEvidence({
        nodes: nameNodes(idle.map(({ node }) => node)),
        'idle CPUs': worst.cpus,
        'part of the cores that the job was given': formatPercent(worst.idleCores / worst.givenCores),
        'largest pool of a rank': pool
          ? `${pool.runtime}, ${formatCountOf(pool.threads, 'thread')}`
          : 'none that the mask holds back',
      }),
    ],
  };
}

export const idleCores = defineAudit({
  id: 'idle-cores',
  category: 'parallelism',
  question: 'Are there cores that the job was given and no rank may use?',
  needs: ['step', 'placement', 'threads', 'interpreters'],

  answer(artifacts): Verdict {
    const { idle, known } = idleOf(artifacts);
    if (known === 0)
      return {
        kind: 'unknown',
        because: 'what the job was given of its nodes is not known: no control group confines it',
      };
    const [first, ...rest] = idle;
    return verdictOf(first ? [findingOf([first, ...rest], artifacts, artifacts.step.launcher)] : []);
  },
});
