import { type CpuSet, countCpus, formatCpuList, indexCpus, listCpus, parseCpuList, uniteCpus } from '#base';
import type { Artifacts } from '#schema';

// Where ranks may run: the masks of a node, in CPUs and in cores. A CPU is a hardware thread, as the kernel counts.

type Node = Artifacts['placement']['nodes'][number];
type Layout = Artifacts['placement']['layouts'][number];

export interface MaskedRank {
  readonly rank: number;
  /** Of its main thread, as last seen. */
  readonly mask: CpuSet;
  /** Before anything was imported. */
  readonly atStart: CpuSet | undefined;
}

/** More CPUs than any machine has: what goes beyond comes from no kernel. */
const MOST_CPUS = 16_384;

/** Reads each list once, however many ranks have it. */
function maskReader(): (text: string | undefined) => CpuSet | undefined {
  const read = new Map<string, CpuSet>();
  return (text) => {
    // A process runs somewhere: an empty list is none.
    if (!text) return undefined;
    const known = read.get(text) ?? parseCpuList(text);
    read.set(text, known);
    return known;
  };
}

/** Ranks of the node whose mask is known. */
export function maskedRanks(node: Node): MaskedRank[] {
  const read = maskReader();
  return node.ranks.flatMap(({ rank, atStart, afterImports }) => {
    const before = read(atStart);
    const mask = read(afterImports) ?? before;
    return mask ? [{ rank, mask, atStart: before }] : [];
  });
}

export const uniteMasks = (ranks: readonly MaskedRank[]): CpuSet => uniteCpus(new Set(ranks.map(({ mask }) => mask)));

/** Most nodes of a step share one layout. */
const coresOfLayouts = new WeakMap<Layout, ReadonlyMap<number, number>>();

function coresOf(layout: Layout): ReadonlyMap<number, number> {
  const known = coresOfLayouts.get(layout);
  if (known) return known;
  const coreOf = indexCpus(layout.cores, MOST_CPUS);
  coresOfLayouts.set(layout, coreOf);
  return coreOf;
}

/** How many cores the CPUs are on; where the node's cores are not known, each CPU counts. */
export function coreCounter(layout: Layout | undefined): (mask: CpuSet) => number {
  const coreOf = layout && coresOf(layout);
  if (!coreOf?.size) return countCpus;
  // Ranks share masks: each is counted once.
  const counts = new Map<string, number>();
  return (mask) => {
    const text = formatCpuList(mask);
    // CPUs of no known core count one by one, by numbers that no core has.
    const count = counts.get(text) ?? new Set(listCpus(mask, MOST_CPUS).map((cpu) => coreOf.get(cpu) ?? -1 - cpu)).size;
    counts.set(text, count);
    return count;
  };
}
