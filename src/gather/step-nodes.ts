import type { Facts, Recording } from '#schema';

export type RankFact = Facts['rank'][number];

/** A node of a step that was heard. It left more than one recording where its ranks could not meet. */
export interface StepNode {
  readonly name: string;
  readonly recordings: readonly [Recording, ...Recording[]];
  /** Lowest first. */
  readonly ranks: readonly RankFact[];
}

/** Every gatherer asks; a recording does not change. */
const ranksOfRecording = new WeakMap<Recording, ReadonlyMap<number, RankFact>>();

/** The ranks that a recording holds, by their number. */
export function ranksIn(recording: Recording): ReadonlyMap<number, RankFact> {
  const known = ranksOfRecording.get(recording) ?? new Map(recording.facts.rank.map((fact) => [fact.rank, fact]));
  ranksOfRecording.set(recording, known);
  return known;
}

const nodesOfRecordings = new WeakMap<readonly Recording[], readonly StepNode[]>();

/** The nodes of a step, in the order of their lowest rank. */
export function stepNodes(recordings: readonly Recording[]): readonly StepNode[] {
  const known = nodesOfRecordings.get(recordings) ?? findNodes(recordings);
  nodesOfRecordings.set(recordings, known);
  return known;
}

function findNodes(recordings: readonly Recording[]): StepNode[] {
  const byName = new Map<string, [Recording, ...Recording[]]>();
  for (const recording of recordings) {
    const name = recording.facts.step[0]?.nodeName ?? '';
    const own = byName.get(name);
    if (own) own.push(recording);
    else byName.set(name, [recording]);
  }
  const nodes = [...byName].map(([name, own]) => ({ name, recordings: own, ranks: ranksOf(own) }));
  const lowest = ({ ranks }: StepNode) => ranks[0]?.rank ?? Number.POSITIVE_INFINITY;
  // Two nodes without ranks: Infinity - Infinity is no order.
  return nodes.sort((a, b) => (lowest(a) === lowest(b) ? 0 : lowest(a) - lowest(b)));
}

function ranksOf(recordings: readonly Recording[]): RankFact[] {
  const ranks = new Map(recordings.flatMap((recording) => [...ranksIn(recording)]));
  return [...ranks.values()].sort((a, b) => a.rank - b.rank);
}
