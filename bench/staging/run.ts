import { statSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { clusterNeeds } from '../../test/real/cluster.ts';
import { lacks } from '../../test/real/machine.ts';
import { slowfsNeeds } from '../../test/real/slowfs.ts';
import { slowMounts } from '../scale/slow-mounts.ts';
import { takePriority } from '../take-priority.ts';
import { boundsOf, isMet, packBounds } from './bounds.ts';
import { makeEnvironment } from './environment.ts';
import { isLarge } from './job.ts';
import { measure } from './measure.ts';
import { measurePacking } from './pack-time.ts';
import { image, ownPeer, PEERS, type Peer } from './peers.ts';
import { shared } from './places.ts';
import { SERVERS, type Server } from './servers.ts';
import { measureSlurm } from './slurm.ts';
import { boundsTable, measuredTable } from './tables.ts';

// `node bench/staging/run.ts [--nodes 1,4,8] [--repeats 3] [--servers usual] [--only plain,pharos]
// [--parts nodes,slurm] [--torch]`, after `npm run build`, as root: the same job started cold and again from an image of
// Pharos and in the ways of others, side by side behind slowfs; with --torch one whose environment has 5 GB, on one node.
// Ends with 1 where a bound is not met.

const NOTE = `Cold s: until the last node has done its imports; medians. Delays off s: the same, of a server that answers at
once: what the cores of this machine take for all nodes. *: more than a third are those, and nodes with cores of their
own would be quicker. Again s: the second start on the same node; that of tar is the start from memory with nothing to
fetch and nothing of Pharos. Requests and MB: of the whole job, at the server, a node. The environment is a venv, so
conda-pack, which takes what conda made, is no peer.`;

interface Extent {
  readonly peers: readonly Peer[];
  readonly nodes: readonly number[];
  readonly repeats: number;
}

async function measureBehind({ id, title, dials }: Server, extent: Extent): Promise<boolean> {
  const mounts = slowMounts(['keep_cache'], false, shared);
  try {
    const rows = await measure({ ...extent, dials }, mounts);
    const bounds = extent.peers.includes(ownPeer) ? boundsOf(rows, statSync(join(image, 'launch')).size) : [];
    console.log(`\nServer ${id}: ${title}.\n\n${measuredTable(rows)}\n\n${boundsTable(bounds)}`);
    return bounds.every(isMet);
  } finally {
    mounts.stop();
  }
}

function measureOwnPacking(): boolean {
  const bounds = packBounds(measurePacking());
  console.log(`\n${boundsTable(bounds)}`);
  return bounds.every(isMet);
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      torch: { type: 'boolean', default: false },
      nodes: { type: 'string', default: isLarge ? '1' : '1,4,8' },
      repeats: { type: 'string', default: '3' },
      servers: { type: 'string', default: SERVERS.map(({ id }) => id).join() },
      parts: { type: 'string', default: isLarge ? 'nodes' : 'nodes,slurm' },
      only: { type: 'string', default: PEERS.map(({ id }) => id).join() },
    },
  });
  if (lacks('bench/staging', ...slowfsNeeds, 'unshare')) return;
  const has = (list: string) => (one: { readonly id: string }) => list.split(',').includes(one.id);
  const peers = PEERS.filter(has(values.only)).filter(({ title, needs }) => !lacks(title, ...needs));
  makeEnvironment();
  for (const peer of peers) peer.prepare();
  console.log(
    `${new Date().toISOString().slice(0, 10)}, ${availableParallelism()} cores, Linux ${release().split('-')[0]}.`,
  );
  console.log(NOTE);
  const extent = { peers, nodes: values.nodes.split(',').map(Number), repeats: Number(values.repeats) };
  const servers = SERVERS.filter(has(values.servers));
  const [isNodes, isSlurm] = ['nodes', 'slurm'].map((id) => has(values.parts)({ id }));
  const met: boolean[] = [];
  if (isNodes) takePriority();
  // The bounds of packing are of the small job.
  if (isNodes && !isLarge && peers.includes(ownPeer)) met.push(measureOwnPacking());
  for (const server of isNodes ? servers : []) met.push(await measureBehind(server, extent));
  const [first] = servers;
  if (isSlurm && first && !lacks('the job through Slurm', ...clusterNeeds)) met.push(measureSlurm(first));
  if (met.includes(false)) process.exitCode = 1;
}

await main();
