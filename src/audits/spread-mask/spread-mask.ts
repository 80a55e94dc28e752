import { type CpuSet, formatCountOf, formatCpuList, formatPercent, intersectCpus, parseCpuList } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { groupBy } from '../by-rank.ts';
import { factEvidence } from '../evidence.ts';
import { nameNodes, nameRanks, sameOn } from '../name-some.ts';
import { coreCounter, type MaskedRank, maskedRanks, uniteMasks } from '../rank-masks.ts';
import { verdictOf } from '../verdict-of.ts';

type Node = Artifacts['placement']['nodes'][number];
type Layout = Artifacts['placement']['layouts'][number];

interface Domain {
  readonly id: number;
  readonly cpus: CpuSet;
  readonly cores: number;
}

interface Spread {
  readonly node: string;
  /** Those whose CPUs would fit into one domain and lie in several. */
  readonly ranks: readonly MaskedRank[];
  readonly bound: number;
  readonly domains: readonly Domain[];
  /** All ranks may run anywhere: the kernel keeps a process near its memory, mostly. */
  readonly unbound: boolean;
}

const touches = ({ mask }: MaskedRank, domains: readonly Domain[]) =>
  domains.filter(({ cpus }) => intersectCpus(mask, cpus).length > 0);

/** NUMA domains with CPUs that the ranks may use: those of memory alone have none. */
function domainsIn(layout: Layout, used: CpuSet): Domain[] {
  const coresIn = coreCounter(layout);
  return layout.numa.flatMap(({ id, cpus }) => {
    const own = intersectCpus(parseCpuList(cpus), used);
    return own.length > 0 ? [{ id, cpus: own, cores: coresIn(own) }] : [];
  });
}

function spreadOn(node: Node, layout: Layout | undefined): Spread | undefined {
  const ranks = maskedRanks(node);
  const domains = layout ? domainsIn(layout, uniteMasks(ranks)) : [];
  if (domains.length < 2 || ranks.length < domains.length) return undefined;
  const coresIn = coreCounter(layout);
  const largest = Math.max(...domains.map(({ cores }) => cores));
  const unbound = groupBy(ranks, ({ mask }) => formatCpuList(mask)).size === 1;
  const spread = ranks.filter((rank) => coresIn(rank.mask) <= largest && touches(rank, domains).length > 1);
  if (spread.length === 0 && !unbound) return undefined;
  return { node: node.name, ranks: spread, bound: ranks.length, domains, unbound };
}

function findingOf(spreads: readonly [Spread, ...Spread[]]): Finding {
  const part = ({ ranks, bound }: Spread) => ranks.length / bound;
  const [worst = spreads[0]] = [...spreads].sort((a, b) => part(b) - part(a));
  const [rank] = worst.ranks;
  const lies = rank ? touches(rank, worst.domains).map(({ id }) => id) : [];
  const more = sameOn(spreads.length - 1);
  return {
    message: `the CPUs of ${formatCountOf(worst.ranks.length, 'rank')} of node ${worst.node} lie in several NUMA domains and would fit into one${more}`,
    severity: part(worst) > 0.5 ? 'warning' : 'note',
    confidence: 'certain',
    harm: 'cost',
    fixer: 'user',
    fix: 'Bind each rank within a domain: `srun --distribution=block:block --cpu-bind=cores …`, `mpirun --map-by numa --bind-to core …`, with a number of CPUs that divides those of a domain.',
    check: 'in the picture each rank stays in one NUMA domain',
    subject: 'ranks across NUMA domains',
    evidence: [
      factEvidence({
        nodes: nameNodes(spreads.map(({ node }) => node)),
        ranks: nameRanks(worst.ranks.map((one) => one.rank)),
        'part of the ranks there': formatPercent(part(worst)),
        [`CPUs of rank ${rank?.rank}`]: rank ? formatCpuList(rank.mask) : '',
        'in the NUMA domains': lies.join(', '),
      }),
    ],
  };
}

export const spreadMask = defineAudit({
  id: 'spread-mask',
  category: 'parallelism',
  question: 'Do the CPUs of a rank lie in several NUMA domains?',
  needs: ['placement'],

  answer({ placement }): Verdict {
    const { nodes, layouts } = placement;
    const known = nodes.filter(({ layout }) => (layouts[layout ?? -1]?.numa.length ?? 0) > 0);
    if (known.length === 0) return { kind: 'unknown', because: 'the NUMA domains of the nodes were not recorded' };
    const spreads = known.flatMap((node) => spreadOn(node, layouts[node.layout ?? -1]) ?? []);
    const unbound = spreads.filter((spread) => spread.unbound);
    const notes =
      unbound.length > 0
        ? [
            `ranks are not bound to a part of ${nameNodes(unbound.map(({ node }) => node))} and may move between NUMA domains`,
          ]
        : [];
    const [first, ...rest] = spreads.filter((spread) => !spread.unbound);
    return verdictOf(first ? [findingOf([first, ...rest])] : [], notes);
  },
});
