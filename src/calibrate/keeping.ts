import { formatCount, formatCountOf, formatNumber } from '#base';
import type { CacheModel } from '#schema';
import { medianOf, type Timed } from './times.ts';

// What the client keeps, from what was asked twice: an answer that comes as fast as the kernel's own was kept.

interface Fact<Value> {
  readonly value: Value;
  readonly source: string;
  readonly date: string;
  readonly confidence: 'measured' | 'published' | 'assumed';
}

export interface Asked {
  /** One request that is answered by the server, its median, and a call that the kernel answers. Microseconds. */
  readonly serverMicroseconds: number;
  readonly kernelMicroseconds: number;
  readonly date: string;
}

/** Shares of the calls of one touch from which on it is clear where they were answered. */
const MOST = 0.8;
const FEW = 0.2;
/** A kernel answers in about a microsecond and seldom in more than this; a FUSE daemon on the node takes tens. */
const KERNEL = { kernel: 3, daemon: 40 };
/** A request that reached the server takes at least so much of another one's time. */
const LEAST_PART = 0.4;

export const kernelTime = (overhead: number, isFuse: boolean): number =>
  Math.max(overhead, isFuse ? KERNEL.daemon : KERNEL.kernel);

/** Between what the kernel takes and what the server takes, in the geometric middle. */
export const boundary = ({ serverMicroseconds, kernelMicroseconds }: Asked): number =>
  Math.min(LEAST_PART * serverMicroseconds, Math.sqrt(kernelMicroseconds * serverMicroseconds));

type Where = 'server' | 'node' | 'unclear';

function answeredBy({ microseconds }: Timed, limit: number): Where {
  const share = microseconds.filter((time) => time > limit).length / microseconds.length;
  if (share >= MOST) return 'server';
  return share <= FEW ? 'node' : 'unclear';
}

/** The touches of one call, in their order; files of this node only, since only those are touched again. */
function touchesOf(timed: readonly Timed[], call: Timed['call']): Timed[] {
  const own = timed.filter((one) => one.call === call && !one.foreign);
  return own.sort((a, b) => a.touch - b.touch);
}

interface Seen {
  readonly first: Where | undefined;
  /** The same again, at once. */
  readonly again: Where | undefined;
  readonly calls: number;
}

function seenOf(timed: readonly Timed[], call: Timed['call'], limit: number): Seen {
  const touches = touchesOf(timed, call);
  const first = touches.find(({ touch }) => touch === 1);
  const again = touches.find(({ touch }) => touch > 1);
  return {
    first: first && answeredBy(first, limit),
    again: again && answeredBy(again, limit),
    calls: again?.microseconds.length ?? 0,
  };
}

/** How long an answer was seen to stay, and after how long it was asked for again. */
interface Stayed {
  readonly keptSeconds: number | undefined;
  readonly askedSeconds: number | undefined;
  readonly calls: number;
}

function stayed(timed: readonly Timed[], call: Timed['call'], limit: number): Stayed | undefined {
  const later = touchesOf(timed, call).filter(({ touch }) => touch > 1);
  let since = 0;
  let kept: number | undefined;
  let asked: number | undefined;
  let calls = 0;
  for (const touch of later) {
    since += touch.afterSeconds;
    const where = answeredBy(touch, limit);
    if (where === 'unclear') continue;
    calls += touch.microseconds.length;
    if (where === 'node') kept = Math.max(kept ?? 0, since);
    else {
      asked = Math.min(asked ?? since, since);
      since = 0;
    }
  }
  return calls === 0 ? undefined : { keptSeconds: kept, askedSeconds: asked, calls };
}

/**
 * For how long clients keep names by default, in seconds: FUSE, sshfs, NFS for directories, NFS for what does not change
 * (fuse(8), sshfs(1), nfs(5)). Others keep them until they change. Who keeps them for longer than was waited does so until the
 * next of these: ending them where the waiting ended would ask for each again in every longer start.
 */
const DEFAULT_SECONDS = [1, 20, 30, 60];

const lastsAtLeast = (seconds: number) => DEFAULT_SECONDS.find((usual) => usual >= seconds) ?? seconds;

type Kept = CacheModel['entries'];

const secondsOf = ({ value }: Kept) => (value === 'until-changed' ? Number.POSITIVE_INFINITY : value);
const rounded = (seconds: number) => Number(seconds.toPrecision(3));

/** A time that the base knows stays where what was seen does not contradict it. */
function keptFact(base: Kept, seen: Stayed, what: string, date: string): Kept {
  const measured = (value: number, because: string): Kept => ({
    value,
    source: `${formatCountOf(seen.calls, 'call')} for ${what} again on this mount: ${because}`,
    date,
    confidence: 'measured',
  });
  const { keptSeconds, askedSeconds } = seen;
  if (keptSeconds === undefined) return measured(0, 'each asked the server, even at once');
  const known = secondsOf(base);
  if (askedSeconds === undefined) {
    if (known >= keptSeconds && known > 0) return base;
    const lasts = lastsAtLeast(keptSeconds);
    const because = `none asked the server in the ${formatNumber(rounded(keptSeconds))} s that were waited; no client is known that by default keeps them for longer than that and less than ${lasts} s`;
    return { ...measured(rounded(lasts), because), confidence: 'assumed' };
  }
  if (known >= keptSeconds && known <= askedSeconds && known > 0) return base;
  const between = `kept after ${formatNumber(keptSeconds)} s, asked after ${formatNumber(askedSeconds)} s`;
  return measured(rounded((keptSeconds + Math.max(keptSeconds, askedSeconds)) / 2), between);
}

export interface Keeping {
  readonly cache: CacheModel;
  /** What could not be told, and is the base's. */
  readonly notes: readonly string[];
}

/** Sets what the times show clearly; all else stays as it is in `base`. */
export function keepingOf(timed: readonly Timed[], base: CacheModel, asked: Asked, isFuse: boolean): Keeping {
  const limit = boundary(asked);
  const notes: string[] = [];
  const see = (call: Timed['call']) => seenOf(timed, call, limit);
  const fact = <Value>(value: Value, calls: number, because: string): Fact<Value> => ({
    value,
    source: `${formatCount(calls)} times on this mount: ${because}`,
    date: asked.date,
    confidence: 'measured',
  });
  const time = (key: 'entries' | 'missing', call: 'stat' | 'miss', what: string) => {
    const seen = stayed(timed, call, limit);
    if (!seen) notes.push(`whether ${what} are kept could not be told`);
    return seen ? keptFact(base[key], seen, what, asked.date) : base[key];
  };
  const tell = <Key extends 'opens' | 'closes' | 'links' | 'data' | 'listings' | 'directoryOpens'>(
    key: Key,
    told: CacheModel[Key] | undefined,
    what: string,
  ): CacheModel[Key] => {
    if (told === undefined) notes.push(`${what} could not be told`);
    return told ?? base[key];
  };
  const cache: CacheModel = {
    ...base,
    missing: time('missing', 'miss', 'names that are not there'),
    entries: time('entries', 'stat', 'names that are there'),
    opens: tell('opens', opensFact(see('open'), base, isFuse, fact), 'how many opens reach the server'),
    closes: tell('closes', closesFact(see('close'), base, isFuse, fact), 'whether a close waits'),
    links: tell('links', linksFact(see('readlink'), base, fact), 'whether targets of links are kept'),
    data: tell('data', dataFact(see('read'), base, fact), 'whether contents are kept'),
    listings: tell('listings', listingsFact(timed, base, asked.date), 'whether listings are kept'),
    directoryOpens: base.directoryOpens,
  };
  return { cache, notes };
}

type MakeFact = <Value>(value: Value, calls: number, because: string) => Fact<Value>;

/** Without opens in the protocol, what an open costs is the question whether the file has changed. */
function opensFact(seen: Seen, base: CacheModel, isFuse: boolean, fact: MakeFact): CacheModel['opens'] | undefined {
  if (seen.again === 'server') {
    if (base.opens.value === 0 && base.openRevalidates.value) return base.opens;
    return fact('every', seen.calls, 'an open of a file that was open before reached the server');
  }
  if (seen.again !== 'node') return undefined;
  // Of its own files a client may hold more than of those of others: only a daemon without opens never sends any.
  if (seen.first === 'node' && !isFuse) return undefined;
  if (seen.first === 'node') return fact(0, seen.calls, 'no open reached the server');
  const most = typeof base.opens.value === 'number' && base.opens.value > 0 ? base.opens.value : 1;
  return fact(most, seen.calls, 'the first open reached the server, the next one did not');
}

function closesFact(
  { first, again, calls }: Seen,
  base: CacheModel,
  isFuse: boolean,
  fact: MakeFact,
): CacheModel['closes'] | undefined {
  const where = again ?? first;
  if (where === 'server') return fact('waited', calls, 'a close took as long as a request');
  if (where !== 'node') return undefined;
  if (base.closes.value !== 'waited') return base.closes;
  // A close waits for what a FUSE daemon makes of it; only what the kernel does itself may come behind.
  return fact(isFuse ? 'never' : 'behind', calls, 'no close waited for the server');
}

function linksFact({ first, again, calls }: Seen, base: CacheModel, fact: MakeFact): CacheModel['links'] | undefined {
  if (again === 'server') return fact(false, calls, 'the target of a link was asked for each time');
  if (again !== 'node') return undefined;
  return first === 'server' ? fact(true, calls, 'the target of a link was asked for once') : base.links;
}

function dataFact({ again, calls }: Seen, base: CacheModel, fact: MakeFact): CacheModel['data'] | undefined {
  if (again === 'node') return fact('node', calls, 'a file that was opened again was not fetched again');
  if (again !== 'server') return undefined;
  if (base.data.value === 'mapped') return base.data;
  return fact('open', calls, 'a file that was opened again was fetched again');
}

const SAME_AGAIN = 0.8;
const MUCH_LESS = 0.6;

/** Opening the folder is part of it, so that a kept listing may still ask the server. */
function listingsFact(timed: readonly Timed[], base: CacheModel, date: string): CacheModel['listings'] | undefined {
  const [first, again] = touchesOf(timed, 'list');
  if (!first || !again || again.touch === first.touch) return undefined;
  const part = medianOf(again.microseconds) / medianOf(first.microseconds);
  if (!(part >= SAME_AGAIN || part <= MUCH_LESS)) return undefined;
  const value = part <= MUCH_LESS;
  const source = `${formatCount(again.microseconds.length)} listings on this mount took ${Math.round(part * 100)} % of their first time again`;
  return value === base.listings.value && base.listings.confidence === 'measured'
    ? base.listings
    : { value, source, date, confidence: 'measured' };
}
