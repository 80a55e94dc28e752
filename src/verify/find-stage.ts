import { isWithin, pathText, type Recording } from '#schema';
import type { Run } from './run.ts';

/** So many letters of the image's digest name its stage. */
const NAME_LETTERS = 16;

/** Where the run had the image: the folder of its name that the job's processes asked for most. */
export function findStage({ paths }: Recording, { calls }: Run, digest: string): string | undefined {
  const name = digest.slice(0, NAME_LETTERS);
  const candidates = paths.flatMap((node, index) => {
    const above = paths[node.parent];
    return node.name === name && above && /^pharos-\d+$/.test(above.name) ? [pathText(paths, index)] : [];
  });
  const counted = candidates.map((stage) => ({
    stage,
    count: calls.reduce((sum, { path, count }) => (isWithin(path, stage) ? sum + count : sum), 0),
  }));
  const [most] = counted.sort((a, b) => b.count - a.count);
  return most && most.count > 0 ? most.stage : undefined;
}
