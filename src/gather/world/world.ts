import { success } from '#base';
import type { Facts, Recording, World } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { groupOwn } from '../group-ranks.ts';
import { type RankFact, stepNodes } from '../step-nodes.ts';
import { stepPathText } from '../step-path-text.ts';

type Launched = World['launched'][number]['value'];
type Mpi = World['mpi'][number]['value'];

/** A fact that several ranks share, by the rank. What is said first holds. */
function byRank<Fact extends { readonly ranks: readonly number[] }>(facts: readonly Fact[]): ReadonlyMap<number, Fact> {
  const found = new Map<number, Fact>();
  for (const fact of facts) {
    for (const rank of fact.ranks) if (!found.has(rank)) found.set(rank, fact);
  }
  return found;
}

/** `byRank` of each recording, made when the first rank asks. */
function perRecording<Fact extends { readonly ranks: readonly number[] }>(
  factsOf: (facts: Facts) => readonly Fact[],
): (recording: Recording, rank: number) => Fact | undefined {
  const made = new Map<Recording, ReadonlyMap<number, Fact>>();
  return (recording, rank) => {
    const facts = made.get(recording) ?? byRank(factsOf(recording.facts));
    made.set(recording, facts);
    return facts.get(rank);
  };
}

function launchedValue({ claims }: RankFact, fact: Facts['launcher'][number]): Launched {
  const { ranks, ...launcher } = fact;
  return {
    ...launcher,
    claims: claims.map(({ launcher: name, size }) => ({ launcher: name, ...(size === undefined ? {} : { size }) })),
  };
}

/** `MPICH Version:      5.0.2` and `Open MPI v4.1.4, package: …`, as people call them. */
const tidyVersion = (version: string): string =>
  (version.split(',')[0] ?? '')
    .replace(/\s*\bversion:?\s+/i, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** Of a rank that was only seen from outside it is not known that there is no MPI. */
function mpiValue({ mpi, seen }: RankFact, fact: Facts['mpi'][number] | undefined, { paths }: Recording) {
  if (!mpi) return seen === 'inside' ? { state: 'absent' as const } : undefined;
  const { ranks, library, version, ...about } = fact ?? {};
  const value: Mpi = {
    state: mpi.state,
    ...(mpi.size === undefined ? {} : { size: mpi.size }),
    ...about,
    ...(version === undefined ? {} : { version: tidyVersion(version) }),
    ...(library === undefined ? {} : { library: stepPathText(paths, library) }),
  };
  return value;
}

function rows(recordings: readonly Recording[]): World['rows'] {
  return stepNodes(recordings).flatMap(({ ranks }, node) =>
    ranks.map(({ rank, mpi }) => ({
      rank,
      node,
      ...(mpi?.rank === undefined ? {} : { mpiRank: mpi.rank }),
      ...(mpi?.size === undefined ? {} : { mpiSize: mpi.size }),
    })),
  );
}

/** What the launchers say of the ranks, and what MPI says. */
export const world: Gatherer<'world'> = {
  makes: 'world',

  gather(recordings) {
    const launcherOf = perRecording(({ launcher }) => launcher);
    const mpiOf = perRecording(({ mpi }) => mpi);
    return success({
      launched: groupOwn(recordings, (rank, recording) => {
        const fact = launcherOf(recording, rank.rank);
        return fact && launchedValue(rank, fact);
      }),
      mpi: groupOwn(recordings, (rank, recording) => mpiValue(rank, mpiOf(recording, rank.rank), recording)),
      rows: rows(recordings),
    });
  },
};
