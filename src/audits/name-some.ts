import { countCpus, cpuSetOf, formatCount, formatCountOf, formatCpuList } from '#base';

// Names of the first few: a page is of the same length for 8 ranks and for 8,192.

const MOST = 3;

/** `n1`, `n1, n2 and n3`, `n1, n2, n3 and 9 more`. */
export function nameSome(names: readonly string[], most = MOST): string {
  const shown = names.slice(0, most);
  if (names.length > most) return `${shown.join(', ')} and ${formatCount(names.length - most)} more`;
  return shown.length > 1 ? `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}` : (shown[0] ?? '');
}

/** `node n1`, `nodes n1, n2`, `64 nodes (n1, n2, n3 and 61 more)`. */
export function nameNodes(names: readonly string[]): string {
  if (names.length > MOST) return `${formatCountOf(names.length, 'node')} (${nameSome(names)})`;
  return `${names.length === 1 ? 'node' : 'nodes'} ${nameSome(names)}`;
}

/** `rank 3`, `ranks 0-15`, `16 ranks (0,2,4 and 13 more)`. */
export function nameRanks(ranks: readonly number[]): string {
  const set = cpuSetOf(ranks);
  if (set.length <= MOST) return `${ranks.length === 1 ? 'rank' : 'ranks'} ${formatCpuList(set)}`;
  const shown = set.slice(0, MOST);
  return `${formatCountOf(ranks.length, 'rank')} (${formatCpuList(shown)} and ${countCpus(set) - countCpus(shown)} more)`;
}

/** What is said of one node holds for others too. */
export function sameOn(others: number): string {
  return others > 0 ? `; the same on ${formatCountOf(others, 'other node')}` : '';
}

/** A name that may stand in a command: names in recordings may be anything. */
export const isPlainName = (name: string): boolean => /^[A-Za-z0-9_][\w.-]{0,127}$/.test(name);
