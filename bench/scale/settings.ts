import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FilesystemProfile, ServerModel } from '../../src/schema/index.ts';
import { root } from '../../test/real/run.ts';
import type { Dials } from './slow-mounts.ts';

// The servers of the testbed: dials and mount options of slowfs, and the same as a profile. Latencies are long, so that
// the cores of one machine that plays all nodes are not what limits (docs/validation.md).

export interface Setting {
  readonly id: string;
  readonly title: string;
  readonly dials: Dials;
  readonly ranksPerNode: number;
  readonly options: readonly string[];
  /** Beyond what follows from the dials. */
  readonly cache?: Partial<Record<'entries' | 'missing', number | 'until-changed'>>;
  readonly inFlightPerNode?: number;
  /** Starts take so long that they are tried half as far. */
  readonly isLong?: boolean;
  /** Spells of others: in one that lasts, all of twice the share or nothing. */
  readonly burstSeconds?: number;
}

const SERVICE = 1600;
const METADATA = ['lookup', 'getattr', 'open', 'opendir', 'readdir', 'readlink'] as const;

/** All metadata requests alike; listings half as long again. */
function servers(slots: number, service: number, roundTrip = 300): Dials {
  const all = Object.fromEntries(METADATA.map((kind) => [kind, kind === 'readdir' ? 1.5 * service : service]));
  const changes = Object.fromEntries(['setattr', 'create', 'mkdir', 'rename', 'unlink'].map((kind) => [kind, service]));
  const rest = { read: 100, write: 100, data_slots: 16, megabytes_per_second: 1000, exponential: 0 };
  const others = { other_metadata_percent: 0, other_data_percent: 0, other_burst: 0 };
  return { enabled: 1, metadata_slots: slots, round_trip: roundTrip, ...all, ...changes, ...rest, ...others };
}

const one = (id: string, title: string, dials: Dials, more: Partial<Setting> = {}): Setting => ({
  ...{ id, title, dials, ranksPerNode: 1, options: [] },
  ...more,
});

export const SETTINGS: readonly Setting[] = [
  one('one-slot', 'one metadata slot', servers(1, SERVICE)),
  one('two-slots', 'two metadata slots', servers(2, 2 * SERVICE)),
  one('four-slots', 'four metadata slots', servers(4, 4 * SERVICE)),
  one('far', 'round trip of 4 ms, four slots', servers(4, 4 * SERVICE, 4000)),
  one('dear-opens', 'opens and listings six times as long as lookups', {
    ...servers(1, SERVICE / 2),
    ...{ open: 3 * SERVICE, opendir: 3 * SERVICE, readdir: 3 * SERVICE },
  }),
  one('data', 'one data slot of 20 MB/s', {
    ...servers(4, SERVICE),
    ...{ read: 1000, data_slots: 1, megabytes_per_second: 20 },
  }),
  one('exponential', 'exponential service, two slots', { ...servers(2, 2 * SERVICE), exponential: 1 }),
  one('others', 'others use half of two slots', {
    ...servers(2, SERVICE),
    ...{ exponential: 1, other_metadata_percent: 50 },
  }),
  one(
    'bursts',
    'others use 40 % of one slot, in bursts of 0.5 s',
    { ...servers(1, SERVICE), ...{ exponential: 1, other_metadata_percent: 40, other_burst: 500_000 } },
    { burstSeconds: 0.5 },
  ),
  one('four-ranks', '4 ranks a node, one slot', servers(1, 1.5 * SERVICE), { ranksPerNode: 4 }),
  one('node-limit', '4 ranks a node that has two requests under way, eight slots', servers(8, 8 * SERVICE), {
    ...{ ranksPerNode: 4, options: ['requests_in_flight=2'], inFlightPerNode: 2 },
  }),
  one('missing-kept', '4 ranks a node, missing names kept, two slots', servers(2, 3 * SERVICE), {
    ...{ ranksPerNode: 4, options: ['negative_timeout=3600'], cache: { missing: 'until-changed' } },
  }),
  one('nothing-kept', 'no name is kept, one slot', servers(1, SERVICE / 2), {
    isLong: true,
    options: ['entry_timeout=0'],
    cache: { entries: 0 },
  }),
];

const known = { source: 'as the dials of the server are set', date: '2026', confidence: 'measured' as const };
const exactly = (value: number) => ({ low: value, likely: value, high: value, ...known });

function serverOf(setting: Setting, usual: ServerModel, requestMicroseconds: number): ServerModel {
  const { dials, inFlightPerNode, burstSeconds } = setting;
  const dial = (name: string) => exactly(dials[name] ?? 0);
  const share = (name: string) => {
    const likely = (dials[name] ?? 0) / 100;
    return burstSeconds === undefined ? exactly(likely) : { ...known, low: 0, likely, high: 2 * likely };
  };
  return {
    roundTripMicroseconds: exactly((dials.round_trip ?? 0) + requestMicroseconds),
    metadataServiceMicroseconds: {
      ...{ lookup: dial('lookup'), getattr: dial('getattr'), open: dial('open'), close: exactly(0) },
      ...{ readdir: dial('readdir'), readlink: dial('readlink'), change: dial('create') },
    },
    metadataSlots: dial('metadata_slots'),
    dataServiceMicroseconds: dial('read'),
    dataSlots: dial('data_slots'),
    dataBytesPerSecondPerSlot: exactly(1e6 * (dials.megabytes_per_second ?? 0)),
    dataRequestBytes: usual.dataRequestBytes,
    inFlightPerNode: exactly(inFlightPerNode ?? usual.inFlightPerNode.likely),
    serviceVariation: dial('exponential'),
    otherLoad: {
      metadataShare: share('other_metadata_percent'),
      dataShare: share('other_data_percent'),
      burstSeconds: exactly(burstSeconds ?? 1),
    },
  };
}

const shipped = join(root, 'knowledge/filesystems/slowfs.json');

/** The server as its dials are set, and what a request takes without them: nothing is uncertain but the model. */
export function profileOf(setting: Setting, requestMicroseconds: number): FilesystemProfile {
  const usual: FilesystemProfile = JSON.parse(readFileSync(shipped, 'utf8'));
  const { entries, missing } = { ...setting.cache };
  return {
    ...usual,
    id: `slowfs-${setting.id}`,
    cache: {
      ...usual.cache,
      ...(entries === undefined ? {} : { entries: { value: entries, ...known } }),
      ...(missing === undefined ? {} : { missing: { value: missing, ...known } }),
    },
    server: serverOf(setting, usual.server, requestMicroseconds),
  };
}
