import type { CacheModel, Calibration, METADATA_REQUESTS } from '#schema';
import { type MeanTime, meanOf, meanTime, type Timed } from './times.ts';

// From calls to requests: what one request of each kind takes, round trip and service together.

export type Kind = (typeof METADATA_REQUESTS)[number];

/** Requests of one call, by what the client keeps. The first is the one that the call is timed for. */
export function requestsOf(call: Timed['call'], cache: CacheModel, isFuse: boolean, isNew = false): readonly Kind[] {
  const known: readonly Kind[] = cache.entries.value === 0 ? ['lookup'] : [];
  // The kernel looks a new name up before it asks a FUSE daemon to make it, and again when it is first used.
  const made: readonly Kind[] = isFuse ? ['lookup'] : [];
  if (call === 'list') return listRequests(cache);
  if (call === 'open') return [...openRequests(cache), ...known];
  if (call === 'readlink') return ['readlink', ...(isNew ? made : known)];
  const ofName: Partial<Record<Timed['call'], readonly Kind[]>> = {
    miss: ['lookup'],
    stat: [cache.entries.value === 0 ? 'lookup' : 'getattr'],
    close: ['close'],
    unlink: ['change', ...known],
    rmdir: ['change', ...known],
  };
  return ofName[call] ?? ['change', ...made];
}

function listRequests({ requestsPerListing, directoryOpens }: CacheModel): readonly Kind[] {
  const listing = new Array<Kind>(requestsPerListing.value).fill('readdir');
  return directoryOpens.value === 0 ? listing : [...listing, 'open'];
}

function openRequests({ opens, openRevalidates }: CacheModel): readonly Kind[] {
  const again: readonly Kind[] = openRevalidates.value ? ['getattr'] : [];
  const asked: readonly Kind[] = opens.value === 0 ? [] : ['open'];
  return asked.length + again.length === 0 ? ['open'] : [...asked, ...again];
}

/** Calls that tell of each kind, in the order in which one is taken apart with what is known by then. */
const TELLS: readonly (readonly [Kind, readonly Timed['call'][]])[] = [
  ['lookup', ['miss']],
  ['getattr', ['stat', 'open']],
  ['open', ['open']],
  ['close', ['close']],
  ['readdir', ['list']],
  ['readlink', ['readlink']],
  // What a start changes: bytecode that is written.
  ['change', ['create', 'rename', 'mkdir', 'unlink', 'rmdir', 'symlink']],
];

/** What one request takes, and of how many calls that is known. */
export interface RequestTime extends MeanTime {
  readonly from: string;
}

export type RequestTimes = Partial<Record<Kind, RequestTime>>;

function scaled(time: MeanTime, to: number, from: string): RequestTime {
  const by = to / time.likely;
  return { low: time.low * by, likely: to, high: time.high * by, median: time.median * by, calls: time.calls, from };
}

/** The time of one `kind` in a call: the rest of it is taken by requests that are known already. */
function partOf(kind: Kind, call: Timed['call'], time: MeanTime, known: RequestTimes, requests: readonly Kind[]) {
  // An open tells of attributes where it asks for nothing else.
  if (kind === 'getattr' && requests.includes('open')) return undefined;
  const times = requests.filter((request) => request === kind).length;
  const rest = requests
    .filter((request) => request !== kind)
    .map((request) => (known[request] ?? known.lookup)?.likely);
  const left = time.likely - rest.reduce<number>((all, each) => all + (each ?? 0), 0);
  // What is left is nonsense where the call makes fewer requests than it is taken to.
  const part = left > time.likely / (4 * requests.length) ? left / times : time.likely / requests.length;
  return times === 0 ? undefined : scaled(time, part, call);
}

function joined(parts: readonly RequestTime[]): RequestTime | undefined {
  const [first, ...others] = parts;
  if (!first || others.length === 0) return first;
  const mean = (of: (part: RequestTime) => number) => meanOf(parts.map(of));
  return {
    low: mean(({ low }) => low),
    likely: mean(({ likely }) => likely),
    high: mean(({ high }) => high),
    median: mean(({ median }) => median),
    calls: parts.reduce((all, { calls }) => all + calls, 0),
    from: parts.map(({ from }) => from).join(', '),
  };
}

/** No clock tells less; keeps ratios of times finite. */
const CLOCK_MICROSECONDS = 0.01;

export interface CallTime {
  readonly call: Timed['call'];
  readonly time: MeanTime;
  /** The name was not touched since it was made: it may be looked up first. */
  readonly isNew: boolean;
}

/** Names that are asked for again are known to the node: then the call is one request. Of a new name it is not clear what `stat` asks. */
function preference({ call, touch, foreign }: Timed): number {
  if (foreign) return 0;
  if (touch === 1 && call === 'stat') return Number.POSITIVE_INFINITY;
  return touch === 1 ? 2 : 1;
}

/** Each call's time, where it reached the server; of `anyhow`, even if it cannot be told whether it did: then it asks for no more than it takes. */
export function callTimes(
  timed: readonly Timed[],
  reachesAt: number,
  anyhow: readonly Timed['call'][] = [],
): CallTime[] {
  const usable = timed.filter((one) => preference(one) < Number.POSITIVE_INFINITY);
  const order = usable.sort((a, b) => preference(a) - preference(b) || a.touch - b.touch);
  const found = new Map<Timed['call'], CallTime>();
  for (const { call, touch, foreign, microseconds } of order) {
    const time = meanTime(microseconds.map((each) => Math.max(each, CLOCK_MICROSECONDS)));
    const counts = time.median > reachesAt || anyhow.includes(call);
    if (!found.has(call) && counts) found.set(call, { call, time, isNew: touch === 1 && !foreign });
  }
  return [...found.values()];
}

export function requestTimes(calls: readonly CallTime[], cache: CacheModel, isFuse: boolean): RequestTimes {
  const known: RequestTimes = {};
  for (const [kind, tells] of TELLS) {
    const parts = tells.flatMap((call) => {
      const one = calls.find((other) => other.call === call);
      const part = one && partOf(kind, call, one.time, known, requestsOf(call, cache, isFuse, one.isNew));
      return part ? [part] : [];
    });
    const time = joined(parts);
    if (time) known[kind] = time;
  }
  return known;
}

/** Requests of one call under load, of names that are known by then. A FUSE client also asks for the attributes of a folder that it has read. */
export function countRequests(call: Timed['call'], cache: CacheModel, isFuse: boolean): number {
  // Of the data servers, and of an open file.
  if (call === 'read' || call === 'read-large') return 1;
  return requestsOf(call, cache, isFuse).length + Number(call === 'list' && isFuse);
}

export const isFuseMount = ({ type, class: kind }: Calibration['mount']): boolean =>
  kind === 'fuse' || type.startsWith('fuse.');
