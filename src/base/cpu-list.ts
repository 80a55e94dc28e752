// Sets of CPUs, or of ranks, as the kernel writes them: `0-3,8`.
// https://docs.kernel.org/admin-guide/cputopology.html

/** Disjoint, ascending, and never adjacent: as long as its text, however many numbers it holds. */
export type CpuSet = readonly { readonly first: number; readonly last: number }[];

function joined(ranges: { first: number; last: number }[]): CpuSet {
  const set: { first: number; last: number }[] = [];
  for (const { first, last } of ranges.sort((a, b) => a.first - b.first)) {
    const before = set.at(-1);
    if (before && first <= before.last + 1) before.last = Math.max(before.last, last);
    else set.push({ first, last });
  }
  return set;
}

/** What is no range of numbers is left out: the text may come from anywhere. */
export function parseCpuList(text: string): CpuSet {
  const ranges = text.split(',').flatMap((part) => {
    const [, first, last = first] = /^\s*(\d{1,9})(?:-(\d{1,9}))?\s*$/.exec(part) ?? [];
    return first === undefined || Number(last) < Number(first) ? [] : [{ first: Number(first), last: Number(last) }];
  });
  return joined(ranges);
}

export function formatCpuList(set: CpuSet): string {
  return set.map(({ first, last }) => (first === last ? `${first}` : `${first}-${last}`)).join(',');
}

export function cpuSetOf(numbers: Iterable<number>): CpuSet {
  return joined([...numbers].map((number) => ({ first: number, last: number })));
}

export function countCpus(set: CpuSet): number {
  let count = 0;
  for (const { first, last } of set) count += last - first + 1;
  return count;
}

export function uniteCpus(sets: Iterable<CpuSet>): CpuSet {
  return joined([...sets].flat());
}

export function intersectCpus(a: CpuSet, b: CpuSet): CpuSet {
  const common: { first: number; last: number }[] = [];
  let i = 0;
  let j = 0;
  for (;;) {
    const one = a[i];
    const other = b[j];
    if (!(one && other)) return common;
    const first = Math.max(one.first, other.first);
    const last = Math.min(one.last, other.last);
    if (first <= last) common.push({ first, last });
    if (one.last < other.last) i++;
    else j++;
  }
}

/** Those of `a` that are not in `b`. */
export function subtractCpus(a: CpuSet, b: CpuSet): CpuSet {
  const rest: { first: number; last: number }[] = [];
  let j = 0;
  for (const { first, last } of a) {
    let from = first;
    while ((b[j]?.last ?? Number.POSITIVE_INFINITY) < from) j++;
    for (let k = j; from <= last; k++) {
      const gap = b[k]?.first ?? Number.POSITIVE_INFINITY;
      if (gap > from) rest.push({ first: from, last: Math.min(last, gap - 1) });
      if (gap > last) break;
      from = (b[k]?.last ?? last) + 1;
    }
  }
  return rest;
}

/** Which of the lists each CPU is in, by the list's place; the last where several name it. No more than `most` are read. */
export function indexCpus(lists: readonly string[], most: number): ReadonlyMap<number, number> {
  const listOf = new Map<number, number>();
  let left = most;
  for (const [index, list] of lists.entries()) {
    if (left <= 0) break;
    const cpus = listCpus(parseCpuList(list), left);
    left -= cpus.length;
    for (const cpu of cpus) listOf.set(cpu, index);
  }
  return listOf;
}

/** The first `most` numbers one by one: a list from anywhere may name millions. */
export function listCpus(set: CpuSet, most: number): number[] {
  const numbers: number[] = [];
  for (const { first, last } of set) {
    for (let number = first; number <= last && numbers.length < most; number++) numbers.push(number);
  }
  return numbers;
}
