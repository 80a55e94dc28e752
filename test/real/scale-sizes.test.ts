import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { JOBS, makeEnvironment } from '../../bench/scale/environment.ts';
import { measureStarts } from '../../bench/scale/measure-starts.ts';
import { glusterNeeds, type Served, serveGluster } from '../../bench/scale/network-servers.ts';
import { profileOf, SETTINGS } from '../../bench/scale/settings.ts';
import { slowMounts } from '../../bench/scale/slow-mounts.ts';
import { type Told, tellStarts } from '../../bench/scale/tell-starts.ts';
import type { FilesystemProfile } from '../../src/schema/index.ts';
import { lacks } from './machine.ts';
import { pharos } from './pharos.ts';
import { scratch } from './scratch.ts';
import { slowfsNeeds } from './slowfs.ts';

// A little of bench/scale/run.ts: what `pharos scale` tells of a small job's start holds where it is tried.

const [job] = JOBS;
if (!job) throw new Error('the testbed has no job');

/** Beyond the interval: all nodes, and the server, are on one machine that may have other work. */
const SLACK = 1.35;
/** Of a request to slowfs without any delay. */
const REQUEST_MICROSECONDS = 80;

function holds(measured: number, told: Told | undefined, what: string): void {
  const { low, likely, high } = told ?? { low: Number.NaN, likely: Number.NaN, high: Number.NaN };
  const interval = [low, likely, high].map((seconds) => seconds.toFixed(2)).join(', ');
  process.stderr.write(`${what}: ${measured.toFixed(2)} s measured; low, median, high: ${interval}\n`);
  expect(measured).toBeGreaterThan(low / SLACK);
  expect(measured).toBeLessThan(high * SLACK);
}

const middle = (times: readonly number[]) => times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN;

const skips = lacks('starts at several sizes', ...slowfsNeeds, 'ptrace', 'unshare');

describe.skipIf(skips)('behind slowfs', () => {
  beforeAll(makeEnvironment);

  const tried = SETTINGS.filter(({ id }) => ['one-slot', 'four-slots', 'node-limit'].includes(id));

  test.for(tried)('$title', async (setting) => {
    const { ranksPerNode, options, dials } = setting;
    const sizes = [1, 4];
    const told = tellStarts(job, profileOf(setting, REQUEST_MICROSECONDS), sizes, ranksPerNode);
    const mounts = slowMounts(options);
    try {
      for (const nodes of sizes) {
        const times = await measureStarts(job, { nodes, ranksPerNode }, (count) => mounts.cold(count, dials));
        holds(middle(times), told.get(nodes), `${setting.id}, ${nodes} × ${ranksPerNode}`);
      }
    } finally {
      mounts.stop();
    }
    expect(told.get(4)?.likely).toBeGreaterThanOrEqual(told.get(1)?.likely ?? Number.NaN);
  });
});

describe.skipIf(skips || lacks('GlusterFS', ...glusterNeeds))('on GlusterFS', () => {
  let served: Served;
  beforeAll(() => {
    served = serveGluster({ threads: 1, delay: 3000, delayed: 'names' });
  });
  afterAll(() => served?.stop());

  test('one node is calibrated, four start', async () => {
    const [point = ''] = served.cold(1);
    const file = join(scratch('gluster'), 'gluster.profile.json');
    const { status, stderr } = pharos(['calibrate', '--load', point, '--out', file], { seconds: 200 });
    expect(status, stderr).toBe(0);
    const profile: FilesystemProfile = JSON.parse(readFileSync(file, 'utf8'));
    const told = tellStarts(job, profile, [4], 1);
    holds(
      middle(await measureStarts(job, { nodes: 4, ranksPerNode: 1 }, served.cold)),
      told.get(4),
      'GlusterFS, 4 × 1',
    );
  });
});
