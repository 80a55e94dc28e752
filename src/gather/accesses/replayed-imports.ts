import type { ImportSpan } from '#schema';

/** Which import of the one run each import of the replay stands for, by module name; the n-th one for the n-th one. */
export interface ReplayedImports {
  /** Id in the one run; 0 where nothing corresponds. */
  observed(replayedId: number): number;
  /** Whether the replay did this import of the one run too. */
  covers(observedId: number): boolean;
}

function byModule(spans: readonly ImportSpan[]): ReadonlyMap<string, readonly ImportSpan[]> {
  const modules = new Map<string, ImportSpan[]>();
  for (const span of spans) {
    const namesakes = modules.get(span.module);
    if (namesakes) namesakes.push(span);
    else modules.set(span.module, [span]);
  }
  return modules;
}

/** Spans come in the order in which they began, so a parent is matched before what it imported. */
export function replayedImports(replayed: readonly ImportSpan[], observed: readonly ImportSpan[]): ReplayedImports {
  const observedModules = byModule(observed);
  const seen = new Map<string, number>();
  const matches = new Map<number, number>();
  for (const { id, parent, module } of replayed) {
    const number = seen.get(module) ?? 0;
    seen.set(module, number + 1);
    const namesakes = observedModules.get(module) ?? [];
    const match = namesakes[Math.min(number, namesakes.length - 1)];
    // An import that only the replay did belongs to the one that asked for it.
    matches.set(id, match?.id ?? matches.get(parent) ?? 0);
  }
  const covered = new Set(observed.filter(({ module }) => seen.has(module)).map(({ id }) => id));
  return { observed: (id) => matches.get(id) ?? 0, covers: (id) => covered.has(id) };
}
