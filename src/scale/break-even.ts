/** In each of the possible worlds, the seconds of one way to start on so many nodes. */
export type SamplesOf = (nodes: number) => readonly number[];

export interface BreakEven {
  /** From here on it is faster in more than half of the worlds. Absent: at no size that was tried. */
  readonly likelyFrom?: number;
  /** From here on it is faster in 95 of 100. */
  readonly surelyFrom?: number;
  /** The largest size that was tried. */
  readonly tried: number;
}

const LIKELY = 0.5;
const SURE = 0.95;
/** More nodes than any machine has. */
const MOST_NODES = 131_072;

/** The share of the worlds in which `cured` is faster. Worlds are compared one by one. */
function shareFaster(plain: SamplesOf, cured: SamplesOf, nodes: number): number {
  const before = plain(nodes);
  const faster = cured(nodes).filter((seconds, index) => seconds < (before[index] ?? 0));
  return faster.length / Math.max(1, before.length);
}

/** The least size in `from`…`to` at which it holds, where it holds at `to` and not at `from`. */
function bisect(holds: (nodes: number) => boolean, from: number, to: number): number {
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** The least number of nodes from which on one way to start is faster than another: it stays so at every doubling up to the largest tried. */
export function breakEven(plain: SamplesOf, cured: SamplesOf): BreakEven {
  const sizes: number[] = [];
  for (let nodes = 1; nodes <= MOST_NODES; nodes *= 2) sizes.push(nodes);
  const shares = new Map<number, number>();
  const share = (nodes: number) => {
    const known = shares.get(nodes) ?? shareFaster(plain, cured, nodes);
    shares.set(nodes, known);
    return known;
  };
  const from = (least: number): number | undefined => {
    const holds = (nodes: number) => share(nodes) > least;
    const lastNot = sizes.findLastIndex((nodes) => !holds(nodes));
    const first = sizes[lastNot + 1];
    if (first === undefined) return undefined;
    return lastNot < 0 ? first : bisect(holds, sizes[lastNot] ?? 1, first);
  };
  const [likelyFrom, surelyFrom] = [from(LIKELY), from(SURE)];
  return {
    tried: MOST_NODES,
    ...(likelyFrom === undefined ? {} : { likelyFrom }),
    ...(surelyFrom === undefined ? {} : { surelyFrom }),
  };
}
