import type { Group } from '#schema';

/** Ranks that are the same in all the lists of groups: what each list says of them; undefined where it does not know them. */
export interface RankClass<Values> {
  readonly ranks: number[];
  readonly values: Values;
}

/** Puts ranks that are in the same groups of every list together, largest class first. Linear in the ranks. */
export function rankClasses<const Lists extends Readonly<Record<string, readonly Group<unknown>[]>>>(
  lists: Lists,
): RankClass<{ readonly [Name in keyof Lists]: Lists[Name][number]['value'] | undefined }>[] {
  const names = Object.keys(lists);
  const places = new Map<number, (number | undefined)[]>();
  for (const [column, name] of names.entries()) {
    for (const [index, group] of (lists[name] ?? []).entries()) {
      for (const rank of group.ranks) {
        const place = places.get(rank) ?? [];
        place[column] = index;
        places.set(rank, place);
      }
    }
  }
  const classes = new Map<string, { ranks: number[]; place: (number | undefined)[] }>();
  for (const [rank, place] of places) {
    const key = names.map((_, column) => place[column] ?? '').join();
    const known = classes.get(key);
    if (known) known.ranks.push(rank);
    else classes.set(key, { ranks: [rank], place });
  }
  const valuesOf = (place: (number | undefined)[]) =>
    Object.fromEntries(names.map((name, column) => [name, lists[name]?.[place[column] ?? -1]?.value]));
  return [...classes.values()]
    .map(({ ranks, place }) => ({ ranks: ranks.sort((a, b) => a - b), values: valuesOf(place) }))
    .sort((a, b) => b.ranks.length - a.ranks.length || (a.ranks[0] ?? 0) - (b.ranks[0] ?? 0)) as RankClass<{
    readonly [Name in keyof Lists]: Lists[Name][number]['value'] | undefined;
  }>[];
}
