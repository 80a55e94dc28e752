import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { IMPORTED } from './environment.ts';
import { local, shared } from './places.ts';

// Nodes of one machine: each has its mount in the place of the shared folder, and a folder of its own in memory.

/** Starts what it is told, one start a word, with what is left of its input as that of the job. */
const NODE = `
mount --bind "$1" "$SHARED" && mount --bind "$2" "$LOCAL" || exit 3
cd /
echo ready
for command in "$3" "$4"; do
  read -r word || exit 4
  sh -c "$command"
  echo "ended $?"
done
`;

const SECONDS = 300;

interface Node {
  readonly child: ChildProcess;
  readonly lines: AsyncIterator<string>;
  said: string;
}

interface Heard {
  readonly at: number;
  readonly before: readonly string[];
}

export interface Commands {
  readonly cold: string;
  readonly warm: string;
}

/** All nodes start at one word; seconds until the last of them has done its imports. */
export interface Started {
  readonly seconds: number;
  /** What each node's job printed at its end. */
  readonly printed: readonly string[];
}

/** PIDs of its own: what a start leaves running ends with the node. */
const NAMESPACES = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation', 'private'];

function startNode(mount: string, memory: string, rank: number, { cold, warm }: Commands): Node {
  const environment = { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: '/root', OPENBLAS_NUM_THREADS: '1' };
  const child = spawn('unshare', [...NAMESPACES, 'sh', '-c', NODE, 'node', mount, memory, cold, warm], {
    env: { ...environment, SHARED: shared, LOCAL: local, PMI_RANK: String(rank) },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: SECONDS * 1000,
    killSignal: 'SIGKILL',
  });
  const node: Node = { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator](), said: '' };
  child.stderr.on('data', (chunk: Buffer) => {
    node.said = `${node.said}${chunk}`.slice(-4000);
  });
  return node;
}

async function hear(node: Node, expected: RegExp): Promise<Heard> {
  const before: string[] = [];
  for (;;) {
    const { value, done } = await node.lines.next();
    if (done) throw new Error(`a node ended before it said ${expected}: ${before.join('\n')}\n${node.said}`);
    if (expected.test(value)) return { at: performance.now(), before: [...before, value] };
    before.push(value);
  }
}

const tell = (nodes: readonly Node[]) => {
  for (const { child } of nodes) child.stdin?.write('\n');
};

async function startAll(nodes: readonly Node[]): Promise<Started> {
  const began = performance.now();
  tell(nodes);
  const imported = await Promise.all(nodes.map((node) => hear(node, new RegExp(`^${IMPORTED}$|^ended`))));
  tell(nodes);
  const ended = await Promise.all(nodes.map((node) => hear(node, /^ended/)));
  for (const [index, { before }] of ended.entries()) {
    if (before.at(-1) !== 'ended 0') throw new Error(`a start failed: ${before.join('\n')}\n${nodes[index]?.said}`);
  }
  const seconds = (Math.max(...imported.map(({ at }) => at)) - began) / 1000;
  return { seconds, printed: ended.map(({ before }) => before.slice(0, -1).join('\n')) };
}

/** A cold start on all mounts, then a warm one; `between` is called when the cold one has ended. */
export async function startOnNodes(
  mounts: readonly string[],
  commands: Commands,
  between: () => void,
): Promise<readonly [cold: Started, warm: Started]> {
  const memory = mkdtempSync('/dev/shm/pharos-staging-');
  const nodes = mounts.map((mount, rank) => {
    mkdirSync(join(memory, String(rank)), { mode: 0o755 });
    return startNode(mount, join(memory, String(rank)), rank, commands);
  });
  try {
    await Promise.all(nodes.map((node) => hear(node, /^ready$/)));
    const cold = await startAll(nodes);
    between();
    return [cold, await startAll(nodes)];
  } finally {
    for (const { child } of nodes) child.kill('SIGKILL');
    rmSync(memory, { recursive: true, force: true });
  }
}
