import { type CpuSet, countCpus, formatCountOf, formatCpuList, formatNumber, sum, uniteCpus } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { byRank, groupBy } from '../by-rank.ts';
import { factEvidence } from '../evidence.ts';
import { binderOf, bindingVariables, shrinks } from '../mask-changes.ts';
import { nameNodes, nameRanks, sameOn } from '../name-some.ts';
import { type MaskedRank, maskedRanks } from '../rank-masks.ts';
import { largestPool, type Pool, variableOf } from '../thread-pools.ts';
import { verdictOf } from '../verdict-of.ts';

type Asked = Pick<Artifacts, 'placement' | 'threads' | 'interpreters'>;

interface Threaded {
  readonly rank: number;
  readonly pool: Pool;
  /** Where its threads may run. */
  readonly cpus: CpuSet;
}

interface Load {
  readonly node: string;
  readonly ranks: readonly Threaded[];
  readonly threads: number;
  readonly cpus: CpuSet;
}

/** Twice the threads for the CPUs halve the speed of each and more, as they wait for each other at every barrier. */
const SEVERE_LOAD = 2;

/** Ranks with one thread each crowd the cores by their number: that is another audit's. */
const isTooMany = (load: Load) => loadOf(load) > 1 && load.ranks.some(({ pool }) => pool.threads > 1);

const loadOf = ({ threads, cpus }: Load) => threads / Math.max(1, countCpus(cpus));

function loadOn(node: string, ranks: readonly Threaded[]): Load {
  const cpus = uniteCpus(new Set(ranks.map((rank) => rank.cpus)));
  return { node, ranks, cpus, threads: sum(ranks, ({ pool }) => pool.threads) };
}

/** Where the rank's threads may run. An OpenMP runtime binds its threads over all that the process had and leaves the
 * main thread on the first; whoever else binds, binds the threads as well. */
function threadsRunIn(artifacts: Asked): (rank: MaskedRank) => CpuSet {
  const changes = byRank(artifacts.placement.maskChanges);
  const environments = byRank(artifacts.interpreters.environment);
  return ({ rank, mask, atStart }) => {
    const variables = bindingVariables(environments.get(rank)?.values);
    const change = changes.get(rank)?.find(shrinks);
    const byOpenmp = change ? binderOf(change, variables) === 'openmp' : variables.length > 0;
    return byOpenmp ? (atStart ?? mask) : mask;
  };
}

/** On each node the place with the most threads for its CPUs: a mask that ranks have to themselves, or all of them. */
function heaviestLoads(artifacts: Asked): Load[] {
  const pools = byRank(artifacts.threads.pools);
  const runsIn = threadsRunIn(artifacts);
  return artifacts.placement.nodes.flatMap((node) => {
    const threaded = maskedRanks(node).flatMap((masked) => {
      const pool = largestPool(pools.get(masked.rank));
      return pool ? [{ rank: masked.rank, pool, cpus: runsIn(masked) }] : [];
    });
    if (threaded.length === 0) return [];
    const places = [threaded, ...groupBy(threaded, ({ cpus }) => formatCpuList(cpus)).values()];
    return places
      .map((ranks) => loadOn(node.name, ranks))
      .sort((a, b) => loadOf(b) - loadOf(a))
      .slice(0, 1);
  });
}

function findingOf(loads: readonly [Load, ...Load[]]): Finding {
  const [worst = loads[0]] = [...loads].sort((a, b) => loadOf(b) - loadOf(a));
  const pools = worst.ranks.map(({ pool }) => pool);
  const largest = largestPool(pools) as Pool;
  const cpus = countCpus(worst.cpus);
  const ranks = worst.ranks.length;
  const set = largest.variable === undefined ? '' : ` (${largest.variable})`;
  const more = sameOn(loads.length - 1);
  return {
    message:
      `${formatCountOf(ranks, 'rank')} of node ${worst.node} will run ${formatCountOf(worst.threads, 'thread')} on ${formatCountOf(cpus, 'CPU')}: ${largest.runtime} takes ${largest.threads} in each${set}${more}`.replace(
        / in each/,
        ranks > 1 ? ' in each' : '',
      ),
    severity: loadOf(worst) > SEVERE_LOAD ? 'warning' : 'note',
    confidence: largest.basis === 'asked' ? 'likely' : 'possible',
    harm: 'cost',
    fixer: 'user',
    fix: fixOf(largest, Math.max(1, Math.floor(cpus / ranks))),
    check: 'threads × ranks in the facts is at most the number of CPUs',
    subject: largest.runtime,
    evidence: [
      factEvidence({
        nodes: nameNodes(loads.map(({ node }) => node)),
        ranks: nameRanks(worst.ranks.map(({ rank }) => rank)),
        CPUs: formatCpuList(worst.cpus),
        'threads per CPU': formatNumber(loadOf(worst)),
        runtime: `${largest.runtime}, ${formatCountOf(largest.threads, 'thread')}, ${largest.basis === 'asked' ? 'as it says itself' : 'inferred'}`,
        'set by': largest.variable ?? 'no variable: it counted CPUs',
      }),
    ],
  };
}

function fixOf(pool: Pool, threads: number): string {
  const variable = variableOf(pool);
  if (!variable) return `Give each rank a CPU mask of its own by the launcher: ${pool.runtime} follows it.`;
  const names = [...new Set(['OMP_NUM_THREADS', variable])];
  return `Set the number before Python starts: \`export ${names.map((name) => `${name}=${threads}`).join(' ')}\`.`;
}

export const tooManyThreads = defineAudit({
  id: 'too-many-threads',
  category: 'parallelism',
  question: 'Will the ranks of a node run more threads than they have CPUs?',
  needs: ['step', 'placement', 'threads', 'interpreters'],

  answer(artifacts): Verdict {
    if (!artifacts.step.command)
      return { kind: 'inapplicable', because: 'no command was given that could load a library' };
    if (artifacts.threads.pools.length === 0)
      return { kind: 'unknown', because: 'the libraries of the ranks could not be asked for their threads' };
    if (artifacts.threads.pools.every(({ value }) => largestPool(value) === undefined))
      return { kind: 'inapplicable', because: 'no library with a pool of working threads was loaded' };
    const loads = heaviestLoads(artifacts);
    if (loads.length === 0)
      return { kind: 'unknown', because: 'the CPU masks of the ranks that have pools were not recorded' };
    const [first, ...rest] = loads.filter(isTooMany);
    return verdictOf(first ? [findingOf([first, ...rest])] : []);
  },
});
