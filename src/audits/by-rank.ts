import type { Group } from '#schema';

/** What is held once for many ranks, looked up by one. */
export function byRank<Value>(groups: readonly Group<Value>[]): ReadonlyMap<number, Value> {
  return new Map(groups.flatMap(({ ranks, value }) => ranks.map((rank) => [rank, value] as const)));
}

/** Things grouped by a text, in the order of their first. */
export function groupBy<Item>(items: Iterable<Item>, text: (item: Item) => string): ReadonlyMap<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(text(item));
    if (group) group.push(item);
    else groups.set(text(item), [item]);
  }
  return groups;
}
