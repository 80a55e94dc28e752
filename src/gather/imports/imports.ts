import { failure, success } from '#base';
import { type ImportNode, type ImportSpan, pathText } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { firstRank, noPython, type ObservedRank, seconds } from '../observed-ranks.ts';

/** Microseconds from begin to end; an import that never ended lasted as long as anything was seen. */
function duration({ begin, end }: ImportSpan, lastSeen: number): number {
  return Math.max(0, (end ?? lastSeen) - begin);
}

function durationInside(spans: readonly ImportSpan[], lastSeen: number): ReadonlyMap<number, number> {
  const inside = new Map<number, number>();
  for (const span of spans) {
    inside.set(span.parent, (inside.get(span.parent) ?? 0) + duration(span, lastSeen));
  }
  return inside;
}

function importNodes({ recording: { paths }, spans, end: endOfStart, lastSeen }: ObservedRank): ImportNode[] {
  const inside = durationInside(spans, lastSeen);
  return spans.map((span) => {
    const { id, parent, module, level, begin, outcome, loader, origin } = span;
    const total = duration(span, lastSeen);
    return {
      id,
      ...(parent === 0 ? {} : { parent }),
      module,
      level,
      outcome: outcome ?? 'cut-short',
      ...(loader === undefined ? {} : { loader }),
      ...(origin === undefined ? {} : { origin: pathText(paths, origin) }),
      selfSeconds: seconds(inside.get(id) ?? 0, total),
      totalSeconds: seconds(0, total),
      inStart: begin < endOfStart,
    };
  });
}

/** The imports of the first observed rank, as timed in the one run. */
export const imports: Gatherer<'imports'> = {
  makes: 'imports',

  gather(recordings) {
    const first = firstRank(recordings);
    if (!first) return failure(noPython);
    const used = first.recording.facts.used.find(({ process }) => process === first.process.id);
    return success({ nodes: importNodes(first), ...(used ? { unused: used.unused } : {}) });
  },
};
