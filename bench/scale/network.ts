import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FilesystemProfile } from '../../src/schema/index.ts';
import { lacks } from '../../test/real/machine.ts';
import { pharos } from '../../test/real/pharos.ts';
import { median } from '../median.ts';
import { JOBS, type Job } from './environment.ts';
import { keyOf, measureStarts, tellMeasured } from './measure-starts.ts';
import { folderOf, type Measurements, measurements } from './measurements.ts';
import { mooseNeeds, type Served, serveGluster, serveMoose } from './network-servers.ts';
import type { Row } from './rows.ts';
import { tellStarts } from './tell-starts.ts';
import { type Extent, whyUntrusted } from './testbed.ts';

// Network file systems are calibrated on one mount, then many nodes start.

interface Server {
  readonly id: string;
  readonly title: string;
  /** The largest number of nodes for the job in the middle; half of it for the longest. */
  readonly most: number;
  readonly hasDelay: boolean;
  serve(): Served;
}

const gluster = (id: string, title: string, most: number, options: Parameters<typeof serveGluster>[0]): Server => ({
  ...{ id, most, hasDelay: options.delay !== undefined },
  title: `GlusterFS, ${title}`,
  serve: () => serveGluster(options),
});

const SERVERS: readonly Server[] = [
  gluster('one', 'one thread, 3 ms a call on names', 16, { threads: 1, delay: 3000, delayed: 'names' }),
  gluster('two', 'two threads, 5 ms a call on names', 8, { threads: 2, delay: 5000, delayed: 'names' }),
  gluster('all', 'one thread, 3 ms each call', 8, { threads: 1, delay: 3000, delayed: 'all' }),
];
const MOOSE: Server = { id: 'moose', title: 'MooseFS', most: 8, hasDelay: false, serve: serveMoose };

/** What is left is what the cores of this machine take for all nodes and the server. */
const OFF = gluster('off', 'without delays', 16, { threads: 4 });

function serversOf({ isQuick }: Extent): readonly Server[] {
  if (isQuick) return SERVERS.slice(0, 1);
  return lacks('MooseFS', ...mooseNeeds) ? SERVERS : [...SERVERS, MOOSE];
}

const jobsOf = ({ isQuick }: Extent) => (isQuick ? JOBS.slice(0, 1) : JOBS);

/** From 4 on: fewer are what it was calibrated on. */
function nodesOf({ most }: Server, job: Job, { isQuick }: Extent): number[] {
  const limit = { json: 16, numpy: most, sparse: most / 2 }[job.id] ?? most;
  return [4, 8, 16].filter((nodes) => nodes <= (isQuick ? 8 : limit));
}

const fileOf = ({ id }: Server, kind: string) => join(folderOf('network'), `${id}.${kind}.json`);

function calibrate(server: Server, point: string): void {
  const { status, stderr } = pharos(['calibrate', '--load', point, '--out', fileOf(server, 'profile')], {
    seconds: 200,
  });
  process.stderr.write(`${server.id}: ${status === 0 ? 'calibrated' : stderr.trim().slice(-300)}\n`);
}

async function measureServer(server: Server, kept: Measurements, extent: Extent): Promise<void> {
  const served = server.serve();
  try {
    const isNew = server !== OFF && !existsSync(fileOf(server, 'calibration'));
    const [point] = isNew ? served.cold(1) : [];
    if (point) calibrate(server, point);
    for (const job of jobsOf(extent)) {
      for (const nodes of nodesOf(server, job, extent)) {
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
  const kept = measurements('network');
  for (const server of [OFF, ...serversOf(extent)]) await measureServer(server, kept, extent);
}

/** Fitted anew to what was timed. */
function calibratedProfile(server: Server): FilesystemProfile | undefined {
  const times = fileOf(server, 'calibration');
  if (!existsSync(times)) return undefined;
  const { status } = pharos(['calibrate', times, '--out', fileOf(server, 'profile')]);
  return status === 0 ? JSON.parse(readFileSync(fileOf(server, 'profile'), 'utf8')) : undefined;
}

const NO_DELAY = 'the server has no delay, so that the cores are what limits';

export function compareNetwork(extent: Extent): Row[] {
  const kept = measurements('network');
  return serversOf(extent).flatMap((server) => {
    const profile = calibratedProfile(server);
    if (!profile) return [];
    return jobsOf(extent).flatMap((job) => {
      const sizes = nodesOf(server, job, extent);
      const told = tellStarts(job, profile, sizes, 1);
      return sizes.flatMap((nodes): Row[] => {
        const size = { nodes, ranksPerNode: 1 };
        const found = kept.get(keyOf(server.id, job, size));
        const interval = told.get(nodes);
        if (!found || !interval) return [];
        const measured = median(found.seconds);
        const off = kept.get(keyOf(OFF.id, job, size));
        const untrusted = server.hasDelay ? whyUntrusted(measured, off) : NO_DELAY;
        const row = { job: job.imports, setting: server.title, ...size, measured, told: interval };
        return [untrusted === undefined ? row : { ...row, untrusted }];
      });
    });
  });
}
