import { failure, success } from '#base';
import type { ImportSpan, Ranks } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { noPython, type ObservedRank, observedRanks, seconds } from '../observed-ranks.ts';

/** What one rank loaded in its start: the first span of each module. */
type Loaded = ReadonlyMap<string, ImportSpan>;

function loadedInStart({ spans, end }: ObservedRank): Loaded {
  const loaded = new Map<string, ImportSpan>();
  for (const span of spans) {
    if (span.outcome === 'loaded' && span.begin < end && !loaded.has(span.module)) loaded.set(span.module, span);
  }
  return loaded;
}

/** Operations that the probe saw in the start of each rank of a recording. */
function operationsInStart(ranks: readonly ObservedRank[]): ReadonlyMap<ObservedRank, number> {
  const counts = new Map(ranks.map((rank) => [rank, 0]));
  for (const recording of new Set(ranks.map((rank) => rank.recording))) {
    const { length, process, time } = recording.operations;
    const byProcess = new Map(
      ranks.filter((rank) => rank.recording === recording).map((rank) => [rank.process.id, rank]),
    );
    for (let row = 0; row < length; row += 1) {
      const rank = byProcess.get(process[row] ?? 0);
      if (rank && (time[row] ?? 0) <= rank.end) counts.set(rank, (counts.get(rank) ?? 0) + 1);
    }
  }
  return counts;
}

/** Module to the one that asked for it. */
function importers(spans: readonly ImportSpan[], loaded: Loaded): ReadonlyMap<string, string> {
  const modules = new Map(spans.map(({ id, module }) => [id, module]));
  return new Map([...loaded].map(([module, { parent }]) => [module, modules.get(parent) ?? '__main__']));
}

/** Modules that only some ranks loaded. A module that came with another such module is part of that one. */
function differences(ranks: readonly ObservedRank[]): Ranks['differences'] {
  if (ranks.length < 2) return [];
  const loaded = ranks.map(loadedInStart);
  const ranksWith = new Map<string, number[]>();
  for (const [index, modules] of loaded.entries()) {
    for (const module of modules.keys()) {
      const on = ranksWith.get(module);
      if (on) on.push(index);
      else ranksWith.set(module, [index]);
    }
  }
  const partial = new Map([...ranksWith].filter(([, on]) => on.length < ranks.length));
  const importersOn = ranks.map(({ spans }, index) => importers(spans, loaded[index] ?? new Map()));
  const roots = [...partial].filter(([module, on]) => {
    const importer = importersOn[on[0] ?? 0]?.get(module) ?? '__main__';
    return partial.get(importer)?.join() !== on.join();
  });
  return roots.map(([module, on]) => ({
    module,
    on: on.map((index) => ranks[index]?.rank ?? index),
    notOn: ranks.filter((_, index) => !on.includes(index)).map(({ rank }) => rank),
    totalSeconds: Math.max(...on.map((index) => totalSeconds(loaded[index]?.get(module), ranks[index]?.end))),
  }));
}

function totalSeconds(span: ImportSpan | undefined, endOfStart = 0): number {
  return span ? seconds(span.begin, span.end ?? endOfStart) : 0;
}

/** How the observed ranks differ: what they imported, how long their starts took. */
export const ranks: Gatherer<'ranks'> = {
  makes: 'ranks',

  gather(recordings) {
    const observed = observedRanks(recordings);
    if (observed.length === 0) return failure(noPython);
    const operations = operationsInStart(observed);
    return success({
      compared: observed.length,
      differences: differences(observed),
      startSeconds: observed.map((rank) => ({
        rank: rank.rank,
        node: rank.node,
        seconds: seconds(rank.process.begin, rank.end),
        operations: operations.get(rank) ?? 0,
      })),
    });
  },
};
