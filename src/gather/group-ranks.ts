import type { Group, Recording } from '#schema';
import { type RankFact, ranksIn } from './step-nodes.ts';

// Ranks with the same value become one entry, so that thousands of ranks that are the same are told once. Values are
// compared by their JSON: whoever makes one writes its keys in one order.

interface Entry<Value> {
  readonly ranks: readonly number[];
  readonly value: Value;
}

/** Largest group first, then by lowest rank. A rank is in one group only: what is said of it first holds. */
export function groupRanks<Value>(entries: Iterable<Entry<Value>>): Group<Value>[] {
  const groups = new Map<string, Group<Value>>();
  const placed = new Set<number>();
  for (const { ranks, value } of entries) {
    const own = ranks.filter((rank) => !placed.has(rank));
    if (own.length === 0) continue;
    const key = JSON.stringify(value);
    const group = groups.get(key) ?? { ranks: [], value };
    groups.set(key, group);
    for (const rank of own) {
      // A list may name a rank twice.
      if (!placed.has(rank)) group.ranks.push(rank);
      placed.add(rank);
    }
  }
  for (const { ranks } of groups.values()) ranks.sort((a, b) => a - b);
  return [...groups.values()].sort((a, b) => b.ranks.length - a.ranks.length || (a.ranks[0] ?? 0) - (b.ranks[0] ?? 0));
}

/** Those of the ranks named that the recording holds; all that it holds where none are named. */
function ranksHeld(recording: Recording, named: readonly number[] | undefined): readonly number[] {
  const held = ranksIn(recording);
  return named ? named.filter((rank) => held.has(rank)) : [...held.keys()];
}

/** Groups by a fact that names the ranks that share it. */
export function groupShared<Fact extends { readonly ranks?: readonly number[] | undefined }, Value>(
  recordings: readonly Recording[],
  factsOf: (recording: Recording) => readonly Fact[],
  valueOfFact: (fact: Fact, recording: Recording) => Value,
): Group<Value>[] {
  return groupRanks(
    recordings.flatMap((recording) =>
      factsOf(recording).map((fact) => ({
        ranks: ranksHeld(recording, fact.ranks),
        value: valueOfFact(fact, recording),
      })),
    ),
  );
}

/** Groups by what each rank says of itself; a rank of which nothing is said is in none. */
export function groupOwn<Value>(
  recordings: readonly Recording[],
  valueOfRank: (rank: RankFact, recording: Recording) => Value | undefined,
): Group<Value>[] {
  return groupRanks(
    recordings.flatMap((recording) =>
      [...ranksIn(recording).values()].flatMap((fact) => {
        const value = valueOfRank(fact, recording);
        return value === undefined ? [] : { ranks: [fact.rank], value };
      }),
    ),
  );
}

/** With its keys in one order. */
export function ordered<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  const names = Object.keys(record).sort();
  return Object.fromEntries(names.map((name) => [name, record[name] as Value]));
}
