import { formatCountOf } from '#base';
import type { Step } from '#schema';

/** Outliers that are named; the others are counted. */
const MOST_NAMES = 4;

/** The first names, and how many more there are. */
export function firstNames(names: readonly string[], one: string): string[] {
  const more = names.length - MOST_NAMES;
  return more > 0 ? [...names.slice(0, MOST_NAMES), `${formatCountOf(more, `other ${one}`)}`] : [...names];
}

/** Where ranks are: the names of their nodes where all ranks of these are meant, else each rank's number and node. */
export function rankPlaces({ nodes }: Step): (ranks: readonly number[]) => string[] {
  const nodeOf = new Map(nodes.flatMap((node) => node.ranks.map((rank) => [rank, node] as const)));
  return (ranks) => {
    const counts = new Map<string, number>();
    for (const rank of ranks) {
      const name = nodeOf.get(rank)?.name ?? '';
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    const isWhole = nodes.every(({ name, ranks: own }) => !counts.has(name) || counts.get(name) === own.length);
    if (isWhole && !counts.has('')) return firstNames([...counts.keys()], 'node');
    const single = ranks.map((rank) => {
      const name = nodeOf.get(rank)?.name;
      return name === undefined ? `rank ${rank}` : `rank ${rank} on ${name}`;
    });
    return firstNames(single, 'rank');
  };
}
