import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FilesystemProfile } from '../../src/schema/index.ts';
import { pharos } from '../../test/real/pharos.ts';
import { ask, root, run } from '../../test/real/run.ts';
import { median } from '../median.ts';
import { built, environment, JOBS, type Job, makeEnvironment } from './environment.ts';
import { keyOf, measureStarts, tellMeasured } from './measure-starts.ts';
import { folderOf, type Measurements, measurements } from './measurements.ts';
import type { Row } from './rows.ts';
import { tellStarts } from './tell-starts.ts';
import { type Extent, whyUntrusted } from './testbed.ts';

// GlusterFS, a network file system that nobody here wrote: calibrated on one mount, then many nodes start.

const script = join(root, 'test/cluster/glusterfs.sh');
/** Brick, server and mounts. */
const folder = join(built, 'gluster');
const brick = join(folder, 'brick');

export const glusterNeeds = ['glusterfsd', 'glusterfs', 'root', 'fuse'];

interface Server {
  readonly id: string;
  readonly title: string;
  readonly threads: number;
  /** Microseconds that a call holds a thread. */
  readonly delay?: number;
  readonly delayed?: 'names' | 'all';
}

const SERVERS: readonly Server[] = [
  { id: 'one', title: 'GlusterFS, one thread, 3 ms a call on names', threads: 1, delay: 3000, delayed: 'names' },
  { id: 'two', title: 'GlusterFS, two threads, 5 ms a call on names', threads: 2, delay: 5000, delayed: 'names' },
  { id: 'all', title: 'GlusterFS, one thread, 3 ms each call', threads: 1, delay: 3000, delayed: 'all' },
];
const OFF: Server = { id: 'off', title: 'GlusterFS without delays', threads: 4 };

const serversOf = ({ isQuick }: Extent) => (isQuick ? SERVERS.slice(0, 1) : SERVERS);
const jobsOf = ({ isQuick }: Extent) => (isQuick ? JOBS.slice(0, 1) : JOBS);

/** From 4 on; the longest starts half as far. */
function nodesOf(job: Job, { isQuick }: Extent): number[] {
  if (isQuick) return [4, 8];
  return job.id === 'sparse' ? [4, 8] : [4, 8, 16];
}

function serveGluster({ delay, delayed, threads }: Server) {
  const state = join(folder, 'state');
  const mounted: string[] = [];
  const env = {
    GLUSTER_THREADS: String(threads),
    GLUSTER_DELAY: delay === undefined ? undefined : String(delay),
    GLUSTER_DELAYED: delayed,
  };
  rmSync(state, { recursive: true, force: true });
  ask([script, 'serve', state, brick], { env });
  const unmount = () => {
    for (const point of mounted.splice(0)) run(['umount', point]);
  };
  return {
    /** Clients that know nothing. What they learn they keep in the kernel for the whole start. */
    cold(count: number): readonly string[] {
      unmount();
      for (let node = 0; node < count; node += 1) {
        const point = join(folder, `node${node}`);
        ask([script, 'mount', state, point, '--entry-timeout=3600', '--attribute-timeout=3600']);
        mounted.push(point);
      }
      return [...mounted];
    },
    stop() {
      unmount();
      run([script, 'stop', state]);
    },
  };
}

const fileOf = ({ id }: Server, kind: string) => join(folderOf('network'), `${id}.${kind}.json`);

function calibrate(server: Server, point: string): void {
  const { status, stderr } = pharos(['calibrate', '--load', point, '--out', fileOf(server, 'profile')], {
    seconds: 200,
  });
  process.stderr.write(`${server.id}: ${status === 0 ? 'calibrated' : stderr.trim().slice(-300)}\n`);
}

async function measureServer(server: Server, kept: Measurements, extent: Extent): Promise<void> {
  const served = serveGluster(server);
  try {
    const isNew = !existsSync(fileOf(server, 'calibration'));
    const [point] = isNew && server !== OFF ? served.cold(1) : [];
    if (point) calibrate(server, point);
    for (const job of jobsOf(extent)) {
      for (const nodes of nodesOf(job, extent)) {
        const size = { nodes, ranksPerNode: 1 };
        const key = keyOf(server.id, job, size);
        if (kept.get(key)) continue;
        const seconds = await measureStarts(job, size, served.cold);
        tellMeasured(key, kept.keep(key, { seconds }));
      }
    }
  } finally {
    served.stop();
  }
}

export async function measureNetwork(extent: Extent): Promise<void> {
  makeEnvironment();
  mkdirSync(folder, { recursive: true });
  if (!existsSync(brick)) ask(['cp', '-a', environment, brick]);
  const kept = measurements('network');
  for (const server of [OFF, ...serversOf(extent)]) await measureServer(server, kept, extent);
}

/** Fitted anew to what was timed. */
function calibratedProfile(server: Server): FilesystemProfile | undefined {
  if (!existsSync(fileOf(server, 'calibration'))) return undefined;
  const { status } = pharos(['calibrate', fileOf(server, 'calibration'), '--out', fileOf(server, 'profile')]);
  return status === 0 ? JSON.parse(readFileSync(fileOf(server, 'profile'), 'utf8')) : undefined;
}

export function compareNetwork(extent: Extent): Row[] {
  const kept = measurements('network');
  return serversOf(extent).flatMap((server) => {
    const profile = calibratedProfile(server);
    if (!profile) return [];
    return jobsOf(extent).flatMap((job) => {
      const sizes = nodesOf(job, extent);
      const told = tellStarts(job, profile, sizes, 1);
      return sizes.flatMap((nodes): Row[] => {
        const size = { nodes, ranksPerNode: 1 };
        const found = kept.get(keyOf(server.id, job, size));
        const interval = told.get(nodes);
        if (!found || !interval) return [];
        const measured = median(found.seconds);
        const untrusted = whyUntrusted(measured, kept.get(keyOf(OFF.id, job, size)));
        const row = { job: job.imports, setting: server.title, ...size, measured, told: interval };
        return [untrusted === undefined ? row : { ...row, untrusted }];
      });
    });
  });
}
