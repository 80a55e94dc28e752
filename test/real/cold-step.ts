import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startCluster } from './cluster.ts';
import { environment } from './examples.ts';
import { collector } from './pharos.ts';
import { ask, root } from './run.ts';
import { readRequestLog } from './slowfs.ts';
import type { Cluster } from './worlds.ts';

// What a step of 16 ranks asks of the server when nothing is known yet, with and without the collector.

export const STEP = ['srun', '-N4', '-n16'];
export const LAST_RANK = 15;

/** NumPy everywhere, and on one rank a package of our own more. */
const APP = `
import os
import numpy
if os.environ.get("SLURM_PROCID") == "${LAST_RANK}":
    import oddity
print("rank", os.environ.get("SLURM_PROCID"), numpy.arange(3).sum())
`;

/** What four nodes see behind their own slowfs mounts: the examples' environment, a job, the collector. */
export function makeShared(): string {
  const folder = join(root, 'build', `shared-${process.pid}`);
  mkdirSync(join(folder, 'app/oddity'), { recursive: true });
  // Hard links: an environment has 20,000 files, and none may change its times.
  ask(['cp', '-al', environment, join(folder, 'env')]);
  ask(['cp', collector, folder]);
  writeFileSync(join(folder, 'app/app.py'), APP);
  writeFileSync(join(folder, 'app/oddity/__init__.py'), 'import sqlite3\n');
  return folder;
}

type Command = (cluster: Cluster) => readonly string[];

/** One step on a cluster that has just come up: its clients know nothing yet. */
function coldStep(shared: string, command: Command) {
  const cluster = startCluster({
    nodes: 4,
    processors: 4,
    serves: shared,
    options: ['ro', 'keep_cache', 'cache_links'],
  });
  try {
    const { status, stderr } = cluster.login([...STEP, ...command(cluster)]);
    if (status !== 0) throw new Error(stderr);
    return readRequestLog(cluster.log);
  } finally {
    cluster.down();
  }
}

type Requests = ReadonlyMap<string, number>;

/**
 * How often each client asked the same of the same path. In how many pieces a file is read is the kernel's choice (for slowfs
 * 7 or 8 of 16 to 128 KiB, for Lustre one of 1 MiB): the reading of a file counts as one request of each node.
 */
function count(log: ReturnType<typeof coldStep>): Requests {
  const counts = new Map<string, number>();
  for (const { client, kind, path } of log) {
    if (kind === 'flush' || kind === 'close') continue; // these stay in the client
    const request = `${client} ${kind} ${path}`;
    counts.set(request, kind === 'read' ? 1 : (counts.get(request) ?? 0) + 1);
  }
  return counts;
}

/** Of each request the larger count. */
function larger(one: Requests, other: Requests): Requests {
  const most = new Map(one);
  for (const [request, times] of other) most.set(request, Math.max(times, one.get(request) ?? 0));
  return most;
}

function addedOn(node: string, bare: Requests, watched: Requests): Requests {
  const ofNode = [...watched].filter(([request]) => request.startsWith(`${node} `));
  const more = ofNode.map(([request, times]) => [request, times - (bare.get(request) ?? 0)] as const);
  // How the kernel cuts the reading of a file that the job maps differs from run to run.
  const isOwn = ([request, times]: readonly [string, number]) =>
    times > 0 && !(request.startsWith(`${node} read `) && bare.has(request));
  return new Map(more.filter(isOwn));
}

const total = (requests: Requests): number => [...requests.values()].reduce((sum, times) => sum + times, 0);

const sayMost = (requests: Requests): string =>
  [...requests]
    .sort(([, one], [, other]) => other - one)
    .slice(0, 12)
    .map(([request, times]) => `${times} × ${request.slice(3)}`)
    .join(', ');

/**
 * Requests that each node's ranks make because they are watched. A client may forget what it knew of a file and ask again,
 * so the job alone is run twice: what either of its runs asks is the job's own.
 */
export function addedRequests(shared: string, job: Command, watched: Command): { node: string; requests: number }[] {
  const bare = larger(count(coldStep(shared, job)), count(coldStep(shared, job)));
  const seen = count(coldStep(shared, watched));
  return ['n1', 'n2', 'n3', 'n4'].map((node) => {
    const added = addedOn(node, bare, seen);
    process.stderr.write(`${node}: observation added ${total(added)} requests: ${sayMost(added)}\n`);
    return { node, requests: total(added) };
  });
}
