import type { ImportSpan, Microseconds } from '#schema';

/** From `t` on, until the next one, the import `inside` was the innermost. */
interface Moment {
  readonly t: Microseconds;
  readonly inside: number;
}

/** Tells which import was the innermost one at a moment; 0 for none. Threads are not told apart: the latest one counts. */
export function innermostImport(spans: readonly ImportSpan[]): (t: Microseconds) => number {
  // Most jobs start no children at import, and then nobody asks.
  let known: readonly Moment[] | undefined;

  return (t) => {
    known ??= innermostMoments(spans);
    let low = 0;
    let high = known.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((known[middle]?.t ?? 0) <= t) low = middle + 1;
      else high = middle;
    }
    return known[low - 1]?.inside ?? 0;
  };
}

function innermostMoments(spans: readonly ImportSpan[]): readonly Moment[] {
  const moments: Moment[] = [];
  const open = new Set<number>();
  const events = spans
    .flatMap(({ id, begin, end = Number.POSITIVE_INFINITY }) => [
      { t: begin, id, opens: true },
      { t: end, id, opens: false },
    ])
    .sort((a, b) => a.t - b.t);
  const stack: number[] = [];
  for (const { t, id, opens } of events) {
    if (opens) stack.push(id);
    if (opens) open.add(id);
    else open.delete(id);
    while (stack.length > 0 && !open.has(stack.at(-1) ?? 0)) stack.pop();
    moments.push({ t, inside: stack.at(-1) ?? 0 });
  }
  return moments;
}
