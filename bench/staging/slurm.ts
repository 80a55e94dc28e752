import { mkdirSync } from 'node:fs';
import { startCluster } from '../../test/real/cluster.ts';
import { ask } from '../../test/real/run.ts';
import { job } from './job.ts';
import { metadataOf } from './measure.ts';
import { ownPeer, type Peer, plainPeer } from './peers.ts';
import { local, served, shared } from './places.ts';
import type { Server } from './servers.ts';
import { table } from './tables.ts';

// The same job through a real Slurm of virtual nodes, several ranks on each, behind slowfs.

const NODES = 16;
const RANKS_PER_NODE = 4;
const SECONDS = 200;

/** The launcher of a site would put it there; each node has a /dev/shm of its own. */
const PREPARE = `mount --bind "$1" "$2" && mkdir -p /dev/shm/local && mount --bind /dev/shm/local "$3"`;

interface Step {
  readonly peer: string;
  readonly seconds: number;
  readonly rightRanks: number;
  /** Of each node. */
  readonly metadata: readonly number[];
  readonly megabytes: readonly number[];
  /** Folders of the image's name on each node. */
  readonly stages: readonly number[];
}

type Cluster = ReturnType<typeof startCluster>;

const nodeNames = Array.from({ length: NODES }, (_, index) => `n${index + 1}`);

/** The shared folder is at one path on all nodes, and on the login machine, which is not behind slowfs. */
function mountShared(cluster: Cluster): void {
  for (const name of nodeNames) {
    const { status, stderr } = cluster.node(name, ['sh', '-c', PREPARE, 'prepare', cluster.mount, shared, local]);
    if (status !== 0) throw new Error(`${name} did not mount: ${stderr}`);
  }
}

function stagesOn(cluster: Cluster, name: string): number {
  const count = 'set -- /dev/shm/local/pharos-*/*; [ -d "$1" ] && echo $# || echo 0';
  return Number(cluster.node(name, ['sh', '-c', count]).stdout);
}

function runStep(cluster: Cluster, peer: Peer): Step {
  cluster.control('reset');
  const began = performance.now();
  const words = ['srun', `-N${NODES}`, `--ntasks-per-node=${RANKS_PER_NODE}`, '--input=none', 'sh', '-c', peer.cold];
  const env = { SHARED: shared, LOCAL: local, OPENBLAS_NUM_THREADS: '1' };
  const { stdout, stderr, status } = cluster.login(words, { seconds: SECONDS, env, cwd: '/' });
  const seconds = (performance.now() - began) / 1000;
  if (status !== 0) throw new Error(`${peer.id} through Slurm ended with ${status}: ${stderr.slice(0, 2000)}`);
  const { clients } = cluster.control();
  const asked = nodeNames.map((name) => clients[name] ?? { requests: {}, bytesRead: 0, waitedSeconds: {} });
  return {
    peer: peer.id,
    seconds,
    rightRanks: stdout.split('\n').filter((line) => job.right.test(line)).length,
    metadata: asked.map(({ requests }) => metadataOf(requests)),
    megabytes: asked.map(({ bytesRead }) => bytesRead / 1e6),
    stages: nodeNames.map((name) => stagesOn(cluster, name)),
  };
}

/** Each step on nodes that have nothing of it yet. */
function onFreshNodes(peer: Peer, { dials }: Server): Step {
  const cluster = startCluster({
    nodes: NODES,
    processors: RANKS_PER_NODE,
    serves: served,
    options: ['keep_cache', 'ro'],
  });
  try {
    mountShared(cluster);
    cluster.control('enabled=1', ...Object.entries(dials).map(([dial, value]) => `${dial}=${value}`));
    return runStep(cluster, peer);
  } finally {
    cluster.down();
  }
}

/** What serves the folder is on the node too: below the mount that hides the folder it needs another path to it. */
function withSecondPath<T>(act: () => T): T {
  mkdirSync(served, { recursive: true });
  ask(['mount', '--bind', shared, served]);
  try {
    return act();
  } finally {
    ask(['umount', served]);
  }
}

const range = (values: readonly number[], digits: number) =>
  `${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)}`;

/** Whether all ranks were right, from one stage a node. */
export function measureSlurm(server: Server): boolean {
  const steps = withSecondPath(() => [plainPeer, ownPeer].map((peer) => onFreshNodes(peer, server)));
  const titles = [
    'Start',
    'Seconds of srun',
    'Right ranks',
    'Metadata requests of a node',
    'MB of a node',
    'Stages of a node',
  ];
  const rows = steps.map(({ peer, seconds, rightRanks, metadata, megabytes, stages }) => [
    peer,
    seconds.toFixed(1),
    `${rightRanks} of ${NODES * RANKS_PER_NODE}`,
    range(metadata, 0),
    range(megabytes, 1),
    range(stages, 0),
  ]);
  console.log(
    `\nSlurm, ${NODES} nodes with ${RANKS_PER_NODE} ranks each, server ${server.id}.\n\n${table(titles, rows)}`,
  );
  const isRight = steps.every(({ rightRanks }) => rightRanks === NODES * RANKS_PER_NODE);
  return isRight && steps.at(-1)?.stages.every((stages) => stages === 1) === true;
}
