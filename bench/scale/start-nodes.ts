import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

// Ranks that start at the same time on nodes of one machine: each node has its own mount in the place of the environment.

/** What a node does: takes its mount, says so, waits for the word, starts its ranks, says how they ended. */
const NODE = `
mount --bind "$1" "$2" || exit 3
echo ready
read -r word || exit 4
ranks= failed=0
for rank in $(seq "$3"); do "$4" "$5" & ranks="$ranks $!"; done
for rank in $ranks; do wait "$rank" || failed=1; done
exit "$failed"
`;

export interface Ranks {
  /** One mount for each node. */
  readonly mounts: readonly string[];
  /** What the mounts stand in for. */
  readonly place: string;
  readonly ranksPerNode: number;
  readonly python: string;
  readonly script: string;
}

/** Resolves when so many dots have come, with the time of the last. */
function lastDot(child: ChildProcess, count: number): Promise<number> {
  return new Promise((resolve) => {
    let dots = 0;
    child.stdout?.on('data', (chunk: Buffer) => {
      dots += chunk.filter((byte) => byte === 0x2e).length;
      if (dots >= count) resolve(performance.now());
    });
    child.on('close', () => resolve(Number.NaN));
  });
}

const isReady = (child: ChildProcess) => once(child.stdout ?? child, 'data');

/** Seconds until the last rank has started. NaN where one failed. */
export async function startNodes({ mounts, place, ranksPerNode, python, script }: Ranks): Promise<number> {
  const nodes = mounts.map((mount) => {
    const words = ['-c', NODE, 'node', mount, place, String(ranksPerNode), python, script];
    return spawn('unshare', ['--mount', '--propagation', 'private', 'sh', ...words], {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: 300_000,
    });
  });
  await Promise.all(nodes.map(isReady));
  const dots = nodes.map((node) => lastDot(node, ranksPerNode));
  const ends = nodes.map((node) => once(node, 'exit'));
  const began = performance.now();
  for (const node of nodes) node.stdin?.write('\n');
  const times = await Promise.all(dots);
  const statuses = await Promise.all(ends);
  if (statuses.some(([status]) => status !== 0)) return Number.NaN;
  return (Math.max(...times) - began) / 1000;
}
