import type { Result } from '#base';
import { profileForMount } from '#knowledge';
import { type Calibration, type FilesystemProfile, readProfile } from '#schema';
import { cannot, checkCold, type Ground, groundOf, LEAST_CALLS } from './ground.ts';
import { boundary, keepingOf, kernelTime } from './keeping.ts';
import { type Loads, loadsOf } from './loads.ts';
import { type CallTime, callTimes, countRequests, isFuseMount, requestTimes } from './request-times.ts';
import { likelyTrip, serverModel } from './server-model.ts';
import { type Crowd, meanOf, meanTime, medianOf, type Timed } from './times.ts';
import { unknownSystem } from './unknown-system.ts';
import { withCounters } from './with-counters.ts';

/** More than this, and the profile would say what the mount does not do. */
const MOST_ERROR = 0.25;

/** Without load each figure fits its own calls; what it is worth shows where the later half of the calls is told from the earlier, beyond what chance lets them differ. */
function halvesError(timed: readonly Timed[], reachesAt: number): number {
  const errors = timed
    .filter(({ microseconds }) => microseconds.length >= LEAST_CALLS && medianOf(microseconds) > reachesAt)
    .map(({ microseconds }) => {
      const middle = Math.floor(microseconds.length / 2);
      const [early, late] = [meanTime(microseconds.slice(0, middle)), meanTime(microseconds.slice(middle))];
      const chance = Math.max(early.high - early.likely, late.high - late.likely);
      return Math.max(0, Math.abs(early.median - late.median) - chance) / late.median;
    });
  return medianOf(errors);
}

/** Back to back, as a start asks, where that was tried; the politely spaced times stay inside the range. */
function withUnthrottled(calls: readonly CallTime[], crowds: readonly Crowd[]): CallTime[] {
  return calls.map(({ call, time, isNew }) => {
    const alone = crowds.find((crowd) => crowd.call === call && crowd.customers === 1);
    if (!alone) return { call, time, isNew };
    const { microseconds, calls: more } = alone;
    const low = Math.min(time.low, microseconds);
    return {
      call,
      isNew,
      time: { ...time, low, likely: microseconds, high: Math.max(time.high, microseconds), calls: time.calls + more },
    };
  });
}

const bytesOf = (timed: readonly Timed[], call: Timed['call']) =>
  meanOf(timed.filter((one) => one.call === call).map(({ bytes }) => bytes));

/** Every result is a profile that can be read again, or none. */
function checked(profile: FilesystemProfile): Result<FilesystemProfile> {
  const read = readProfile(JSON.stringify(profile));
  return read.ok ? read : cannot('nonsense', `the times make no profile: ${read.failure.message}`, 'Calibrate again.');
}

const idOf = (type: string) =>
  `measured-${type.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`.replace(/-+$/, '').slice(0, 64);

function identity({ first: { mount }, date }: Ground, shared: boolean): Omit<FilesystemProfile, 'cache' | 'server'> {
  const where = shared ? '' : 'local: cost does not grow with nodes; ';
  return {
    kind: 'pharos-filesystem-profile',
    version: 2,
    id: idOf(mount.type),
    title: `${where}${mount.type} mount, measured ${date}`.slice(0, 200),
    shared,
    mounts: { classes: [], types: [mount.type] },
  };
}

/** Loads and times of what the client does not keep. */
function fitFigures(ground: Ground, calibrations: readonly Calibration[], from: FilesystemProfile, miss: number) {
  const { first, timed, crowds, date, overhead } = ground;
  const isFuse = isFuseMount(first.mount);
  const asked = { serverMicroseconds: miss, kernelMicroseconds: kernelTime(overhead, isFuse), date };
  const reachesAt = from.shared ? boundary(asked) : 0;
  const keeping = from.shared ? keepingOf(timed, from.cache, asked, isFuse) : { cache: from.cache, notes: [] };
  const waited: Timed['call'][] = keeping.cache.closes.value === 'waited' ? ['close'] : [];
  const calls = withUnthrottled(callTimes(timed, from.shared ? reachesAt : -1, waited), crowds);
  const requests = withCounters(requestTimes(calls, keeping.cache, isFuse), calibrations);
  return {
    ...keeping,
    calls,
    requests,
    reachesAt,
    count: (call: Timed['call']) => countRequests(call, keeping.cache, isFuse),
  };
}

function calibrationOf(calibrations: readonly Calibration[], calls: readonly CallTime[], loads: Loads, date: string) {
  const nodes = calibrations.flatMap(({ phases }) => phases.map((phase) => phase.nodes));
  return {
    date,
    load: loads.load !== undefined,
    nodes: Math.max(calibrations.length, ...nodes),
    calls: calls.reduce((all, { time }) => all + time.calls, 0),
  };
}

/**
 * Makes the profile of one mount from what was timed on it. What was measured replaces the figures of `base`; what
 * could not be measured stays, with its own confidence. Without a base: the shipped profile of the mount's type or
 * class, else a cautious one. docs/guides/calibrate.md says what each figure comes from.
 */
export function fitProfile(calibrations: readonly Calibration[], base?: FilesystemProfile): Result<FilesystemProfile> {
  const ground = groundOf(calibrations);
  if (!ground.ok) return ground;
  const { first, timed, crowds, date } = ground.value;
  const from = base ?? profileForMount(first.mount) ?? unknownSystem(first.mount, date);
  const cold = checkCold(ground.value, from.shared);
  if (!cold.ok) return cold;
  const { cache, notes, calls, requests, reachesAt, count } = fitFigures(ground.value, calibrations, from, cold.value);
  const { lookup } = requests;
  if (!lookup) return cannot('too-few', 'no first touch of a missing name reached the server', 'Calibrate again.');
  const loads = loadsOf(crowds, calls, count, likelyTrip(from.server, requests, lookup));
  const errors = [...(loads.load?.errors ?? []), ...(loads.dataLoad?.errors ?? [])];
  const [loadError, drift] = [medianOf(errors), halvesError(timed, reachesAt)];
  const fitError = Math.max(loadError, drift);
  if (from.shared && fitError > MOST_ERROR) return tooUncertain(fitError, loadError >= drift);
  const bytes = { large: bytesOf(timed, 'read-large') };
  const open = from.shared ? [...notes, ...loads.notes] : [];
  const said = [...first.notes, `began from the profile ${from.id}`, ...open];
  return checked({
    ...identity(ground.value, from.shared),
    cache,
    server: serverModel(from.server, { requests, lookup, calls, bytes, ...loads, date }),
    calibration: {
      ...calibrationOf(calibrations, calls, loads, date),
      fitError: Number(Math.min(fitError, 1e6).toPrecision(3)),
      notes: said.map((note) => note.slice(0, 500)).slice(0, 50),
    },
  });
}

function tooUncertain(error: number, load: boolean) {
  const percent = `${Math.round(error * 100)} %`;
  const message = load
    ? `calls under load took ${percent} more or less than any server of fixed slots explains: no profile is better than this one`
    : `calls took ${percent} more or less in the second half of the time than in the first: they tell no mean`;
  return cannot(
    'does-not-fit',
    message,
    'Calibrate again when the file system is less busy, or for longer (--seconds).',
  );
}
