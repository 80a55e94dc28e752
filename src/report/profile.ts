import { formatCount, formatCountOf, formatNumber, formatPercent, formatRange, formatSeconds } from '#base';
import type { CacheModel, FilesystemProfile } from '#schema';
import { tabulate, wrap } from './columns.ts';
import { visible } from './visible.ts';

const WIDTH = 80;

/** What was measured of one call, in microseconds: at its first touch, and the same again. */
export interface MeasuredCall {
  readonly call: string;
  readonly first: number;
  readonly again?: number;
  readonly calls: number;
}

type Kept = CacheModel['entries']['value'];

function sayKept(value: Kept): string {
  if (value === 0) return 'asked each time';
  return value === 'until-changed' ? 'kept until changed' : `kept for ${formatSeconds(value)}`;
}

function sayOpens(value: CacheModel['opens']['value'], revalidates: boolean): string {
  if (value === 'every') return 'each open asks';
  if (value === 0) return revalidates ? 'asks whether it changed' : 'no open asks';
  return `the first ${formatCountOf(value, 'open')} of a file on a node asks`;
}

const CLOSES = { waited: 'each close waits', behind: 'no close waits', never: 'no close asks' } as const;
const DATA = { node: 'contents are kept', mapped: 'mapped contents are kept', open: 'fetched at each open' } as const;

/** What the times of a call say about what a node keeps. */
const SAYS: Readonly<Record<string, (cache: CacheModel) => string>> = {
  miss: ({ missing }) => sayKept(missing.value),
  stat: ({ entries }) => sayKept(entries.value),
  open: ({ opens, openRevalidates }) => sayOpens(opens.value, openRevalidates.value),
  close: ({ closes }) => CLOSES[closes.value],
  read: ({ data }) => DATA[data.value],
  list: ({ listings }) => (listings.value ? 'listings are kept' : 'asked each time'),
  readlink: ({ links }) => (links.value ? 'targets are kept' : 'asked each time'),
};

function tableOf({ cache }: FilesystemProfile, calls: readonly MeasuredCall[]): string[] {
  const time = (microseconds: number | undefined) =>
    microseconds === undefined ? '' : formatSeconds(microseconds * 1e-6);
  return tabulate(
    [
      { title: 'Call' },
      { title: 'First', align: 'right' },
      { title: 'Again', align: 'right' },
      { title: 'Calls', align: 'right' },
      { title: 'Says', flexible: true },
    ],
    calls.map(({ call, first, again, calls: count }) => [
      call,
      time(first),
      time(again),
      formatCount(count),
      SAYS[call]?.(cache) ?? '',
    ]),
    WIDTH,
  );
}

const inTime = (microseconds: number) => formatSeconds(microseconds * 1e-6);

function requestLine({ server }: FilesystemProfile): string {
  const { roundTripMicroseconds: trip, metadataServiceMicroseconds: service } = server;
  const { lookup } = service;
  const range = formatRange(trip.low + lookup.low, trip.high + lookup.high, inTime);
  return `One lookup takes ${inTime(trip.likely + lookup.likely)} (${range}), round trip and service: what one rank alone waits for.`;
}

/** Requests of a lookup's service that the servers finish, were nothing else asked. */
function serverLine({ server, calibration }: FilesystemProfile): string {
  const { metadataSlots: slots, metadataServiceMicroseconds: service } = server;
  const { likely } = service.lookup;
  if (likely === 0) return 'Of a lookup no service time was left to tell how many the servers finish.';
  const rate = (of: number) => `${formatNumber((of / likely) * 1e6)}`;
  const range = formatRange((slots.low / likely) * 1e6, (slots.high / likely) * 1e6, formatNumber);
  if (slots.confidence === 'measured') {
    return `Full, the servers finish ${rate(slots.likely)} lookups a second (${range}): what many nodes wait for.`;
  }
  const how = calibration?.load ? 'not reached with the load of this node' : 'not tried; --load tells';
  return `How many lookups a second the servers finish when full is ${how}: taken as ${range}.`;
}

/** Everything but the times of calls that the figures stand on, and what stays open. */
function notesOf({ calibration }: FilesystemProfile): string[] {
  if (!calibration) return [];
  const { fitError, notes } = calibration;
  const off = fitError < 0.005 ? 'less than 1 %' : formatPercent(fitError);
  const error = `Fitted times are off by ${off} in the median.`;
  return [...wrap(error, WIDTH), ...notes.flatMap((note) => wrap(visible(note), WIDTH, '- ', '  '))];
}

/** A profile that was just measured, for a terminal: what was timed, what it says, and what stays assumed. */
export function renderProfileText(profile: FilesystemProfile, calls: readonly MeasuredCall[]): string {
  const { title, shared } = profile;
  const says = shared ? [requestLine(profile), serverLine(profile)].flatMap((line) => wrap(line, WIDTH)) : [];
  return [...wrap(visible(title), WIDTH), '', ...tableOf(profile, calls), '', ...says, ...notesOf(profile)].join('\n');
}
