import type { Step } from '#schema';
import type { StepNode } from '../step-nodes.ts';

/** Ways to deal out ranks over nodes: consecutive ones on a node, or one on each node in turn. */
const DEALINGS = [
  (rank: number, localRank: number) => rank - localRank,
  (rank: number, localRank: number, nodes: number) => rank - localRank * nodes,
];

/** More ranks are on no node; a number from a hostile recording must not become a loop. */
const MOST_ON_A_NODE = 65_536;

/** By how the node's other ranks were dealt out. Empty where that is not plain: a wrong number is worse than none. */
function missingOnNode(node: StepNode, localRanks: number, nodes: number): number[] {
  const heard = node.ranks.flatMap(({ rank, localRank }) => (localRank === undefined ? [] : { rank, localRank }));
  if (heard.length < 2) return [];
  const locals = new Set(heard.map(({ localRank }) => localRank));
  const missing = Array.from({ length: Math.min(localRanks, MOST_ON_A_NODE) }, (_, local) => local).filter(
    (local) => !locals.has(local),
  );
  const fitting = DEALINGS.flatMap((dealing, index) => {
    const offsets = new Set(heard.map(({ rank, localRank }) => dealing(rank, localRank, nodes)));
    const [offset] = offsets;
    if (offsets.size !== 1 || offset === undefined) return [];
    return [missing.map((local) => offset + local * (index === 0 ? 1 : nodes))];
  });
  return fitting[0] ?? [];
}

/** Ranks that a node's launcher started and that left nothing; those of silent nodes are not among them. */
export function findSilentRanks(
  described: Step['nodes'],
  nodes: readonly StepNode[],
  expected: Step['expected'],
  silentNodes: number,
): number[] {
  const heard = new Set(described.flatMap(({ ranks }) => ranks));
  const count = described.reduce((sum, { localRanks, ranks }) => sum + localRanks - ranks.length, 0);
  if (count === 0) return [];
  if (silentNodes === 0 && heard.size + count === expected.ranks) {
    const all = Array.from({ length: Math.min(expected.ranks, 2 ** 20) }, (_, rank) => rank);
    return all.filter((rank) => !heard.has(rank));
  }
  const inferred = nodes.flatMap((node, index) => {
    const { localRanks = 0, ranks = [] } = described[index] ?? {};
    return localRanks > ranks.length ? missingOnNode(node, localRanks, expected.nodes) : [];
  });
  const plausible = inferred.filter((rank) => rank >= 0 && rank < expected.ranks && !heard.has(rank));
  return [...new Set(plausible)].sort((a, b) => a - b);
}
