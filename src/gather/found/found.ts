import { success } from '#base';
import type { Facts, Found, Group, Recording } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { groupShared } from '../group-ranks.ts';
import { ranksIn } from '../step-nodes.ts';
import { stepPathText } from '../step-path-text.ts';

type Value = Found['groups'][number]['value'];
type Fact = Facts['found'][number];
type Distribution = Facts['distribution'][number];

function libraries({ paths }: Recording, { mpi, mpi4py }: Fact): Omit<Value, 'distributions'> {
  return {
    mpi: mpi.map(({ path, family, soname, via, needed }) => ({
      path: stepPathText(paths, path),
      family,
      ...(soname === undefined ? {} : { soname }),
      via,
      ...(needed === undefined ? {} : { needed }),
    })),
    ...(mpi4py
      ? { mpi4py: { path: stepPathText(paths, mpi4py.path), built: mpi4py.built, needed: mpi4py.needed } }
      : {}),
  };
}

const describe = ({ paths }: Recording, { name, version, path }: Distribution) => ({
  name,
  version,
  ...(path === undefined ? {} : { folder: stepPathText(paths, path) }),
});

/** Distributions that are shared by the same ranks, as one: there are hundreds, of one interpreter or two. */
function rankSets({ facts }: Recording) {
  const sets = new Map<string, { readonly ranks?: ReadonlySet<number>; readonly number: number }>();
  const setOf = facts.distribution.map(({ ranks }) => {
    const key = ranks?.join() ?? 'all';
    const set = sets.get(key) ?? { ...(ranks ? { ranks: new Set(ranks) } : {}), number: sets.size };
    sets.set(key, set);
    return set.number;
  });
  return { sets: [...sets.values()], setOf };
}

/** What is installed for each rank that the fact is about, ranks with the same list together. */
function splitByDistributions(recording: Recording, fact: Fact): { ranks: number[]; value: Value }[] {
  const { sets, setOf } = rankSets(recording);
  const held = ranksIn(recording);
  const bySets = new Map<string, { ranks: number[]; numbers: ReadonlySet<number> }>();
  for (const rank of fact.ranks.filter((rank) => held.has(rank))) {
    const numbers = sets.filter(({ ranks }) => ranks?.has(rank) ?? true).map(({ number }) => number);
    const same = bySets.get(numbers.join());
    if (same) same.ranks.push(rank);
    else bySets.set(numbers.join(), { ranks: [rank], numbers: new Set(numbers) });
  }
  const found = libraries(recording, fact);
  return [...bySets.values()].map(({ ranks, numbers }) => {
    const own = recording.facts.distribution.filter((_, index) => numbers.has(setOf[index] ?? 0));
    return { ranks, value: { distributions: own.map((one) => describe(recording, one)), ...found } };
  });
}

/** What is in the environment of the ranks, loaded or not. */
export const found: Gatherer<'found'> = {
  makes: 'found',

  gather(recordings) {
    const groups: Group<Value>[] = groupShared(
      recordings,
      (recording) => recording.facts.found.flatMap((fact) => splitByDistributions(recording, fact)),
      ({ value }) => value,
    );
    return success({ groups });
  },
};
