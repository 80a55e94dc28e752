import { type Job, python, scriptOf, shared } from './environment.ts';
import type { Measurement } from './measurements.ts';
import { startNodes } from './start-nodes.ts';

/** Starts shorter than this are made three times. */
const SHORT_SECONDS = 3;
const REPEATS = 3;

export interface Size {
  readonly nodes: number;
  readonly ranksPerNode: number;
}

/** Cold starts of one size; `cold` gives as many mounts that know nothing. */
export async function measureStarts(
  job: Job,
  { nodes, ranksPerNode }: Size,
  cold: (nodes: number) => readonly string[],
): Promise<readonly number[]> {
  const seconds: number[] = [];
  while (seconds.length === 0 || (seconds.length < REPEATS && Math.max(...seconds) < SHORT_SECONDS)) {
    const start = { mounts: cold(nodes), place: shared, ranksPerNode, python, script: scriptOf(job) };
    const took = await startNodes(start);
    if (Number.isNaN(took)) throw new Error(`a rank of ${job.id} on ${nodes} nodes did not start`);
    seconds.push(took);
  }
  return seconds;
}

export const keyOf = (place: string, job: Job, { nodes, ranksPerNode }: Size): string =>
  `${place}, ${job.id}, ${nodes} × ${ranksPerNode}`;

export function tellMeasured(key: string, { seconds }: Measurement): void {
  process.stderr.write(`${key}: ${seconds.map((one) => one.toFixed(2)).join(', ')} s\n`);
}
