import type { Dials } from '../scale/slow-mounts.ts';

/** A server of the shared folder, as dials of slowfs. */
export interface Server {
  readonly id: string;
  readonly title: string;
  readonly dials: Dials;
}

const METADATA = ['lookup', 'getattr', 'open', 'opendir', 'readdir', 'readlink'];
const DATA = { read: 100, data_slots: 16, megabytes_per_second: 1000, exponential: 0 };

export const SERVERS: readonly Server[] = [
  {
    id: 'usual',
    title: 'round trip 200 us, 4 metadata slots with slowfs’s own service times, 16 data slots of 1000 MB/s',
    dials: {
      ...DATA,
      round_trip: 200,
      metadata_slots: 4,
      ...{ lookup: 100, getattr: 80, open: 150 },
      ...{ opendir: 150, readdir: 300, readlink: 80 },
    },
  },
  {
    id: 'crowded',
    title: 'round trip 300 us, one metadata slot that takes 400 us a request, 16 data slots of 1000 MB/s',
    dials: { ...DATA, round_trip: 300, metadata_slots: 1, ...Object.fromEntries(METADATA.map((kind) => [kind, 400])) },
  },
];
