import type { Microseconds, ProcessImage, Recording } from '#schema';

/** Children of children; deeper ones belong to no import. */
const DEEPEST = 256;

/** When `process`, or the child it descends from, was started by `ancestor`; undefined when it is no descendant. */
export function startedFrom(
  { processes }: Recording,
  process: ProcessImage,
  ancestor: ProcessImage,
): Microseconds | undefined {
  let child = process;
  for (let depth = 0; depth < DEEPEST; depth += 1) {
    const parent = processes.get(child.parent);
    if (!parent) return undefined;
    if (parent === ancestor) return child.begin;
    child = parent;
  }
  return undefined;
}
