import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment, example, examplesPython } from './examples.ts';
import { lacks } from './machine.ts';
import { audit } from './pharos.ts';
import { ask, root } from './run.ts';
import { scratch } from './scratch.ts';
import { serveSlowly, slowfsNeeds } from './slowfs.ts';

const NODES = 4;

/** Microseconds, one metadata slot: so slow that what two cores do for four starts hardly shows. */
const SERVICE = { lookup: 5000, getattr: 5000, open: 5000, readdir: 5000, readlink: 5000 };
const ROUND_TRIP = 500;
const DIALS = ['metadata_slots=1', `round_trip=${ROUND_TRIP}`, 'opendir=5000'];

/** Beyond the interval: all nodes, and slowfs, are on one machine that may have other work. */
const SLACK = 1.25;

/** The profile of the server as its dials are set: nothing is uncertain. */
function profileFile(): string {
  const exactly = (value: number) => ({
    low: value,
    likely: value,
    high: value,
    source: 'set',
    date: '2026',
    confidence: 'measured',
  });
  const profile = JSON.parse(readFileSync(join(root, 'knowledge/filesystems/slowfs.json'), 'utf8'));
  for (const [kind, value] of Object.entries(SERVICE)) {
    profile.server.metadataServiceMicroseconds[kind] = exactly(value);
  }
  profile.server.roundTripMicroseconds = exactly(ROUND_TRIP);
  profile.server.metadataSlots = exactly(1);
  const file = join(scratch('profile'), 'slowfs.json');
  writeFileSync(file, JSON.stringify({ ...profile, id: 'slowfs-as-set' }));
  return file;
}

describe.skipIf(lacks('nodes that start together', ...slowfsNeeds, 'ptrace'))('nodes that start together', () => {
  const served: ReturnType<typeof serveSlowly>[] = [];

  beforeAll(() => {
    examplesPython();
    for (let node = 0; node < NODES; node += 1) {
      const model = served[0] ? [`model=${served[0].model}`] : [];
      served.push(serveSlowly(environment, ['ro', `client=node${node}`, ...model]));
    }
  });
  afterAll(() => {
    for (const { stop } of served) stop();
  });

  /** Seconds until the last of the cold starts has ended. */
  async function measure(script: string): Promise<number> {
    for (const { remount } of served) remount();
    const dials = Object.entries(SERVICE).map(([kind, value]) => `${kind}=${value}`);
    served[0]?.control('enabled=1', ...DIALS, ...dials);
    const code = `import runpy; runpy.run_path(${JSON.stringify(script)}, run_name="start")`;
    const begin = performance.now();
    const starts = served.map(({ mount }) => spawn(join(mount, 'bin/python'), ['-c', code], { stdio: 'ignore' }));
    const statuses = await Promise.all(starts.map(async (start) => (await once(start, 'exit'))[0]));
    expect(statuses).toEqual(starts.map(() => 0));
    return (performance.now() - begin) / 1000;
  }

  test('end between the bounds that the model gives', async () => {
    const [first] = served;
    if (!first) throw new Error('nothing is served');
    first.control('enabled=0');
    ask([join(first.mount, 'bin/python'), '-c', 'pass']);
    const scale = ['--profile', profileFile(), '--nodes', String(NODES), '--ranks-per-node', '1'];
    const stem = join(scratch('together'), 'job');
    const { report } = audit(stem, [join(first.mount, 'bin/python'), example('heat')], scale);
    const told = report.headline.atScale ?? { low: Number.NaN, likely: Number.NaN, high: Number.NaN };
    const measured = await measure(example('heat'));
    const interval = [told.low, told.likely, told.high].map((seconds) => seconds.toFixed(2)).join(', ');
    process.stderr.write(`${NODES} nodes: ${measured.toFixed(2)} s measured; low, likely, high: ${interval}\n`);
    expect(measured).toBeGreaterThanOrEqual(told.low / SLACK);
    expect(measured).toBeLessThanOrEqual(told.high * SLACK);
    // Not a bound that anything meets.
    expect(told.high).toBeLessThan(2 * told.low);
  });
});
