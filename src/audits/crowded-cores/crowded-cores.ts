import {
  type CpuSet,
  countCpus,
  formatCountOf,
  formatCpuList,
  parseCpuList,
  subtractCpus,
  sum,
  uniteCpus,
} from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { groupBy } from '../by-rank.ts';
import { factEvidence } from '../evidence.ts';
import { givenCpus } from '../given-cpus.ts';
import { launchLine } from '../launch-line.ts';
import { binderOf, bindingVariables, shrinks } from '../mask-changes.ts';
import { nameNodes, nameRanks, sameOn } from '../name-some.ts';
import { coreCounter, type MaskedRank, maskedRanks, uniteMasks } from '../rank-masks.ts';
import { verdictOf } from '../verdict-of.ts';

type Asked = Pick<Artifacts, 'placement' | 'threads' | 'interpreters'>;
type Node = Artifacts['placement']['nodes'][number];
type Layout = Artifacts['placement']['layouts'][number];

interface Crowd {
  readonly node: string;
  readonly mask: CpuSet;
  readonly ranks: readonly number[];
  readonly cores: number;
  /** Cores that the job was given there and that no rank may run on; absent where it is not known. */
  readonly freeCores?: number;
  /** CPUs that each rank of the node would have if those that the job was given were shared out. */
  readonly shareCpus?: number;
  /** What bound them, where they did not share before the imports. */
  readonly since?: ReturnType<typeof binderOf>;
}

/** Beyond so many different masks on one node, a mask is compared with its equals only. */
const MOST_COMPARED = 256;

const isWithin = (inner: CpuSet, outer: CpuSet) => inner === outer || subtractCpus(inner, outer).length === 0;

/** Of all masks, and of all of them together, the one that has the most ranks inside for its CPUs. */
function mostCrowded(ranks: readonly MaskedRank[]): Pick<Crowd, 'mask' | 'ranks'> | undefined {
  const alike = [...groupBy(ranks, ({ mask }) => formatCpuList(mask)).values()];
  const all = uniteMasks(ranks);
  // Masks that share no CPU lie within no other.
  const overlaps = sum(alike, ([one]) => countCpus(one?.mask ?? [])) > countCpus(all);
  const compared = overlaps && alike.length <= MOST_COMPARED;
  const within = (mask: CpuSet) => alike.filter(([one]) => one && isWithin(one.mask, mask)).flat();
  const places = alike.map((group) => {
    const mask = group[0]?.mask ?? [];
    return { mask, ranks: (compared ? within(mask) : group).map(({ rank }) => rank) };
  });
  places.push({ mask: all, ranks: ranks.map(({ rank }) => rank) });
  const load = (place: Pick<Crowd, 'mask' | 'ranks'>) => place.ranks.length / countCpus(place.mask);
  return places.sort((a, b) => load(b) - load(a))[0];
}

function wasCrowded(ranks: readonly MaskedRank[]): boolean {
  const before = mostCrowded(ranks.map(({ rank, mask, atStart }) => ({ rank, atStart, mask: atStart ?? mask })));
  return before !== undefined && before.ranks.length > countCpus(before.mask);
}

function binderAt(rank: number, { placement, interpreters }: Pick<Artifacts, 'placement' | 'interpreters'>) {
  const holds = (group: { readonly ranks: readonly number[] }) => group.ranks.includes(rank);
  const change = placement.maskChanges.find(holds)?.value.find(shrinks);
  return change ? binderOf(change, bindingVariables(interpreters.environment.find(holds)?.value.values)) : 'unknown';
}

/** How many cores are free beside the ranks, and how many CPUs each could have, as far as it is known what they were given. */
function roomOf(ranks: readonly MaskedRank[], given: CpuSet | undefined, layout: Layout | undefined) {
  const coresIn = coreCounter(layout);
  const online = parseCpuList(layout?.online ?? '');
  // With fewer CPUs than ranks on the whole node, it matters no more what was given.
  const shared = given ?? (online.length > 0 && countCpus(online) < ranks.length ? online : undefined);
  return {
    ...(given ? { freeCores: Math.max(0, coresIn(given) - coresIn(uniteMasks(ranks))) } : {}),
    ...(shared ? { shareCpus: countCpus(shared) / ranks.length } : {}),
  };
}

function crowdOn(node: Node, had: CpuSet | undefined, artifacts: Asked): Crowd | undefined {
  const ranks = maskedRanks(node);
  const worst = ranks.length > 1 ? mostCrowded(ranks) : undefined;
  if (!worst || worst.ranks.length <= countCpus(worst.mask)) return undefined;
  const layout = artifacts.placement.layouts[node.layout ?? -1];
  const shared = { node: node.name, ...worst, cores: coreCounter(layout)(worst.mask) };
  if (wasCrowded(ranks)) return { ...shared, ...roomOf(ranks, had, layout) };
  // Where ranks were free to run before their imports, they were given it.
  const given = uniteCpus([had ?? [], ...ranks.map(({ atStart }) => atStart ?? [])]);
  return { ...shared, ...roomOf(ranks, given, layout), since: binderAt(worst.ranks[0] ?? -1, artifacts) };
}

function crowdsOf(artifacts: Asked): Crowd[] {
  const given = givenCpus(artifacts);
  return artifacts.placement.nodes.flatMap((node) => crowdOn(node, given(node), artifacts) ?? []);
}

/** Masks that share some CPUs and not all. */
function overlap(ranks: readonly MaskedRank[]): boolean {
  const alike = [...groupBy(ranks, ({ mask }) => formatCpuList(mask)).values()];
  return sum(alike, ([one]) => countCpus(one?.mask ?? [])) > countCpus(uniteMasks(ranks));
}

/** Often wanted, so only told. */
function notesOf({ layouts, nodes }: Artifacts['placement']): string[] {
  const telling = (what: string, isSo: (ranks: readonly MaskedRank[], node: (typeof nodes)[number]) => boolean) => {
    const names = nodes.filter((node) => isSo(maskedRanks(node), node)).map(({ name }) => name);
    return names.length > 0 ? [`${what} on ${nameNodes(names)}`] : [];
  };
  return [
    ...telling(
      'ranks share cores by hardware threads',
      (ranks, { layout }) => ranks.length > coreCounter(layouts[layout ?? -1])(uniteMasks(ranks)),
    ),
    ...telling('masks of ranks overlap and are not the same', overlap),
  ];
}

function findingOf(crowds: readonly [Crowd, ...Crowd[]], launcher: string): Finding {
  const [worst] = [...crowds].sort((a, b) => b.ranks.length / b.cores - a.ranks.length / a.cores);
  const crowd = worst ?? crowds[0];
  const load = crowd.ranks.length / countCpus(crowd.mask);
  const free = crowd.freeCores ?? 0;
  const elsewhere =
    free > 0 ? ` while ${formatCountOf(free, 'core')} that they were given ${free === 1 ? 'is' : 'are'} idle` : '';
  const since = crowd.since === undefined ? '' : ' since the imports';
  return {
    message: `${formatCountOf(crowd.ranks.length, 'rank')} of node ${crowd.node} share ${formatCountOf(crowd.cores, 'core')}${since}${elsewhere}${sameOn(crowds.length - 1)}`,
    severity: load >= 2 && free > 0 ? 'error' : 'warning',
    confidence: 'certain',
    harm: 'cost',
    fixer: 'user',
    fix: fixOf(crowd, launcher),
    check: 'the picture shows each rank on cores of its own',
    subject: 'ranks that share cores',
    evidence: [
      factEvidence({
        nodes: nameNodes(crowds.map(({ node }) => node)),
        ranks: nameRanks(crowd.ranks),
        'their CPUs': formatCpuList(crowd.mask),
        'ranks per core': `${crowd.ranks.length} / ${crowd.cores}`,
        'idle cores that the job was given': crowd.freeCores === undefined ? 'not known' : `${crowd.freeCores}`,
      }),
    ],
  };
}

const UNPIN = {
  mpi: "Switch the MPI library's own pinning off and bind by the launcher: `export I_MPI_PIN=0 MV2_ENABLE_AFFINITY=0`.",
  openmp: 'Let the launcher alone bind: `unset OMP_PLACES GOMP_CPU_AFFINITY KMP_AFFINITY; export OMP_PROC_BIND=false`.',
  unknown:
    'Find the import that binds with `taskset --cpu-list --pid $$` before and after it, and let the launcher alone bind.',
} as const;

function fixOf({ since, shareCpus }: Crowd, launcher: string): string {
  if (since) return UNPIN[since];
  if (shareCpus === undefined)
    return `Bind each rank to cores of its own, \`${launchLine(launcher, 1)} …\`, or ask for more CPUs.`;
  if (shareCpus < 1) return 'Start fewer ranks on each node, or ask for more CPUs.';
  return `Give each rank its own cores: \`${launchLine(launcher, shareCpus)} …\`.`;
}

export const crowdedCores = defineAudit({
  id: 'crowded-cores',
  category: 'parallelism',
  question: 'Do ranks share cores?',
  needs: ['step', 'placement', 'threads', 'interpreters'],

  answer(artifacts): Verdict {
    const { nodes } = artifacts.placement;
    if (nodes.every(({ ranks }) => ranks.length < 2))
      return { kind: 'inapplicable', because: 'no node has more than one rank' };
    if (nodes.every((node) => maskedRanks(node).length < 2))
      return { kind: 'unknown', because: 'the CPU masks of the ranks were not recorded' };
    const [first, ...rest] = crowdsOf(artifacts);
    return first
      ? verdictOf([findingOf([first, ...rest], artifacts.step.launcher)])
      : verdictOf([], notesOf(artifacts.placement));
  },
});
