import type { Calibration } from '#schema';
import type { Kind, RequestTimes } from './request-times.ts';

// What the client had counted since the mount was made: months of a node's own requests, with the load of everybody.

/** Operations by the names that NFS (`/proc/self/mountstats`) and Lustre (`mdc.*.stats`) count them under. */
const COUNTED: readonly (readonly [RegExp, Kind])[] = [
  [/^LOOKUP(P)?$/, 'lookup'],
  [/^GETATTR$/, 'getattr'],
  [/^OPEN(_NOATTR)?$/, 'open'],
  [/^CLOSE$/, 'close'],
  [/^READDIR(PLUS)?$/, 'readdir'],
  [/^READLINK$/, 'readlink'],
  [/^(CREATE|REMOVE|RENAME|MKDIR|RMDIR|SYMLINK)$/, 'change'],
  [/^(ldlm_ibits_enqueue|mds_getattr_lock)$/, 'lookup'],
  [/^mds_getattr$/, 'getattr'],
  [/^mds_close$/, 'close'],
  [/^mds_readpage$/, 'readdir'],
  [/^mds_reint(_\w+)?$/, 'change'],
];

/** Fewer requests are of one moment, like ours. */
const LEAST_COUNTED = 1000;
/** A mean that is so far from ours is of another time, or of another operation under the same name. */
const MOST_APART = 10;

/** Widens each time to hold the mean of the long run: a start at another hour may meet that one. */
export function withCounters(times: RequestTimes, calibrations: readonly Calibration[]): RequestTimes {
  const wider = { ...times };
  for (const { counters } of calibrations) {
    for (const { operation, count, roundTripMicroseconds: mean = 0 } of counters?.operations ?? []) {
      const kind = COUNTED.find(([name]) => name.test(operation))?.[1];
      const time = kind && wider[kind];
      if (!time || count < LEAST_COUNTED || mean <= 0) continue;
      if (mean > MOST_APART * time.likely || mean < time.likely / MOST_APART) continue;
      wider[kind] = { ...time, low: Math.min(time.low, mean), high: Math.max(time.high, mean) };
    }
  }
  return wider;
}
