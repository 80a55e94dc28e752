import { median } from '../median.ts';
import type { Dials, SlowMounts } from '../scale/slow-mounts.ts';
import { job } from './job.ts';
import { startOnNodes } from './nodes.ts';
import type { Peer } from './peers.ts';

/** One start of a peer on so many nodes, cold and then warm. */
interface Run {
  readonly cold: number;
  readonly warm: number;
  readonly metadata: number;
  readonly bytes: number;
}

/** Medians of all runs of a peer on so many nodes. */
export interface Measured {
  readonly peer: string;
  readonly nodes: number;
  readonly coldSeconds: number;
  readonly warmSeconds: number;
  /** Of the whole cold job, divided by the nodes. */
  readonly metadataPerNode: number;
  readonly bytesPerNode: number;
  /** Seconds of the cold start with the server's delays off: what the cores of this machine take. */
  readonly coresSeconds: number;
}

const METADATA = ['lookup', 'miss', 'getattr', 'setattr', 'open', 'opendir', 'readdir', 'readlink', 'create', 'statfs'];

export const metadataOf = (requests: Readonly<Record<string, number>>): number =>
  METADATA.reduce((sum, kind) => sum + (requests[kind] ?? 0), 0);

async function runOnce(peer: Peer, nodes: number, mounts: SlowMounts, dials: Dials): Promise<Run> {
  let [metadata, bytes] = [0, 0];
  const count = () => {
    const { requests, bytesRead } = mounts.counters();
    metadata = metadataOf(requests) / nodes;
    bytes = bytesRead / nodes;
  };
  const [cold, warm] = await startOnNodes(mounts.cold(nodes, dials), peer, count);
  for (const printed of [...cold.printed, ...warm.printed]) {
    if (!job.right.test(printed)) throw new Error(`${peer.id}: the job printed: ${printed}`);
  }
  process.stderr.write(
    `${peer.id} on ${nodes}: ${cold.seconds.toFixed(2)} s, warm ${warm.seconds.toFixed(2)} s, ${metadata} requests\n`,
  );
  return { cold: cold.seconds, warm: warm.seconds, metadata, bytes };
}

export interface Question {
  readonly peers: readonly Peer[];
  readonly nodes: readonly number[];
  readonly repeats: number;
  readonly dials: Dials;
}

/** Peers take turns, each time another one first, so that what else the machine does falls on all of them. */
export async function measure({ peers, nodes, repeats, dials }: Question, mounts: SlowMounts): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const count of nodes) {
    const runs = new Map<Peer, Run[]>(peers.map((peer) => [peer, []]));
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const turn = peers.map((_, index) => peers[(index + repeat) % peers.length]).filter((peer) => peer !== undefined);
      for (const peer of turn) runs.get(peer)?.push(await runOnce(peer, count, mounts, { ...dials, enabled: 1 }));
    }
    for (const [peer, all] of runs) {
      const off = await runOnce(peer, count, mounts, { ...dials, enabled: 0 });
      measured.push({
        peer: peer.id,
        nodes: count,
        coldSeconds: median(all.map(({ cold }) => cold)),
        warmSeconds: median(all.map(({ warm }) => warm)),
        metadataPerNode: median(all.map(({ metadata }) => metadata)),
        bytesPerNode: median(all.map(({ bytes }) => bytes)),
        coresSeconds: off.cold,
      });
    }
  }
  return measured;
}
