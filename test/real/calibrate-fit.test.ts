import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FilesystemProfile, readProfile } from '#schema';
import { lacks } from './machine.ts';
import { makeFolder } from './make-folder.ts';
import { pharos } from './pharos.ts';
import { scratch } from './scratch.ts';
import { serveSlowly, slowfsNeeds } from './slowfs.ts';

// `pharos calibrate DIR` on a server whose dials are known: what it says is near what they say.

/** Microseconds; so slow that what two processors do for a FUSE daemon hardly shows. */
const ROUND_TRIP = 1000;
const SERVICE = { lookup: 2000, getattr: 2000, open: 3000, opendir: 3000, readdir: 4000, readlink: 2000, read: 2000 };
const CHANGES = { create: 4000, mkdir: 4000, rename: 4000, unlink: 4000, setattr: 2000, write: 1000 };
/** Of the sums: what the daemon and waking up add is measured, and is no dial. On two processors with nothing else to do: 3.2 ms and 0.3 % of the rate. */
const NEAR = { sum: 1.25, rate: 1.2 };
/** Other work on the machine is waited for as if it were the server's. */
const RETRIES = { retry: 2 };

function calibrate(folder: string, options: readonly string[]): { profile: FilesystemProfile; said: string } {
  const cwd = scratch('calibrate');
  const ran = pharos(['calibrate', folder, ...options, '-o', 'mine.json'], { cwd });
  if (ran.status !== 0) throw new Error(`pharos calibrate ended with status ${ran.status}:\n${ran.stderr}`);
  expect(readdirSync(cwd).sort()).toEqual(['mine.calibration.json', 'mine.json']);
  const profile = readProfile(readFileSync(join(cwd, 'mine.json'), 'utf8'));
  if (!profile.ok) throw new Error(profile.failure.message);
  return { profile: profile.value, said: ran.stdout };
}

const sumOf = ({ server }: FilesystemProfile, kind: 'lookup' | 'open') =>
  server.roundTripMicroseconds.likely + server.metadataServiceMicroseconds[kind].likely;

const rateOf = ({ server }: FilesystemProfile) =>
  (server.metadataSlots.likely / server.metadataServiceMicroseconds.lookup.likely) * 1e6;

function expectNear(told: number, truth: number, factor: number, what: string): void {
  process.stderr.write(`${what}: ${told.toFixed(0)} told, ${truth} set\n`);
  expect(told, what).toBeGreaterThan(truth / factor);
  expect(told, what).toBeLessThan(truth * factor);
}

describe.skipIf(lacks('calibrating a server with dials', ...slowfsNeeds))('a server with dials', () => {
  const served: ReturnType<typeof serveSlowly>[] = [];
  const folder = makeFolder('served');

  beforeAll(() => {
    served.push(serveSlowly(folder));
  });
  afterAll(() => {
    for (const { stop } of served) stop();
  });

  function turn(slots: number): string {
    const [first] = served;
    if (!first) throw new Error('nothing is served');
    const dials = Object.entries({ ...SERVICE, ...CHANGES }).map(([kind, value]) => `${kind}=${value}`);
    first.control('enabled=1', `round_trip=${ROUND_TRIP}`, `metadata_slots=${slots}`, ...dials);
    return first.mount;
  }

  test('alone: what one request takes, and what the node keeps; nothing of slots', RETRIES, () => {
    const { profile, said } = calibrate(turn(4), []);
    expectNear(sumOf(profile, 'lookup'), ROUND_TRIP + SERVICE.lookup, NEAR.sum, 'a lookup');
    expectNear(sumOf(profile, 'open'), ROUND_TRIP + SERVICE.open, NEAR.sum, 'an open');
    const { missing, opens, closes, links, data, listings } = profile.cache;
    expect([missing.value, opens.value, links.value, data.value, listings.value]).toEqual([
      0,
      'every',
      false,
      'open',
      false,
    ]);
    expect(closes.value).toBe('never');
    expect(profile.server.metadataSlots.confidence).toBe('assumed');
    expect(profile.calibration?.load).toBe(false);
    expect(said).toContain('--load');
    expect(readdirSync(folder)).toEqual([]);
  });

  test.for([1, 4])('under load, %i slots: how many lookups the server finishes', RETRIES, (slots) => {
    const { profile } = calibrate(turn(slots), ['--load']);
    expectNear(rateOf(profile), (slots / SERVICE.lookup) * 1e6, NEAR.rate, 'lookups a second');
    expectNear(sumOf(profile, 'lookup'), ROUND_TRIP + SERVICE.lookup, NEAR.sum, 'a lookup');
    expect(profile.server.metadataSlots.confidence).toBe('measured');
    expect(profile.server.metadataSlots.high / profile.server.metadataSlots.low).toBeLessThan(1.5);
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('a local folder: its cost does not grow with nodes', () => {
  const { profile, said } = calibrate(scratch('local'), []);
  expect(profile.shared).toBe(false);
  expect(said).toContain('cost does not grow with nodes');
});
