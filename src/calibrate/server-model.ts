import { formatCountOf, formatNumber } from '#base';
import { type Figure, METADATA_REQUESTS, type ServerModel } from '#schema';
import type { LoadFit } from './fit-load.ts';
import type { CallTime, Kind, RequestTime, RequestTimes } from './request-times.ts';

// What the times say about the servers. A start that is alone needs round trip and service in sum, a crowded one needs
// slots over service: these two are kept right, also where the parts cannot be told. docs/guides/calibrate.md.

export interface Evidence {
  readonly requests: RequestTimes;
  readonly lookup: RequestTime;
  readonly calls: readonly CallTime[];
  /** Of a large read. */
  readonly bytes: { readonly large: number };
  readonly load: LoadFit | undefined;
  readonly dataLoad: LoadFit | undefined;
  readonly date: string;
}

const within = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
const MOST_SLOTS = 1e5;

/** In order, whatever rounding does. */
function rangeOf(low: number, likely: number, high: number, marks: Omit<Figure, 'low' | 'likely' | 'high'>): Figure {
  const tidy = (value: number) => Number(value.toPrecision(4));
  return { low: tidy(Math.min(low, likely)), likely: tidy(likely), high: tidy(Math.max(high, likely)), ...marks };
}

/** The part of a request that is the round trip, in the base: least, likely, most. Not both ends at once: that holds of next to no system. */
function tripParts({ roundTripMicroseconds: trip, metadataServiceMicroseconds: { lookup } }: ServerModel) {
  const part = (of: number, service: number) => (of + service > 0 ? of / (of + service) : 0.5);
  return {
    low: Math.min(part(trip.low, lookup.likely), part(trip.likely, lookup.high)),
    likely: part(trip.likely, lookup.likely),
    high: Math.max(part(trip.high, lookup.likely), part(trip.likely, lookup.low)),
  };
}

/** The shortest request bounds the round trip; a close may not be one. */
const shortest = (requests: RequestTimes) =>
  Math.min(
    ...METADATA_REQUESTS.flatMap((kind) => (kind === 'close' ? [] : (requests[kind]?.likely ?? []))),
    Number.POSITIVE_INFINITY,
  );

/** Round trip as the base splits it: what the fit of the load begins from, and what stays where it cannot tell. */
export const likelyTrip = (base: ServerModel, requests: RequestTimes, lookup: RequestTime): number =>
  Math.min(tripParts(base).likely * lookup.likely, shortest(requests));

function roundTrip(base: ServerModel, { requests, lookup, load, date }: Evidence): Figure {
  const fitted = load?.limit === 'server';
  const likely = fitted ? Math.min(load.roundTrip, shortest(requests)) : likelyTrip(base, requests, lookup);
  const source = fitted
    ? `from how classes of calls fill the server of this mount${load.tripTold ? '' : '; the sum with the service is measured, their split hardly shows'}`
    : `part of ${formatCountOf(lookup.calls, 'first lookup')} of missing names on this mount, ${formatNumber(lookup.likely)} us on average: round trip and service in sum are measured, their split is taken in proportion from the profile it began from`;
  const by = likely / lookup.likely;
  return rangeOf(by * lookup.low, likely, by * lookup.high, {
    source,
    date,
    confidence: load?.tripTold ? 'measured' : 'assumed',
  });
}

function services(base: ServerModel, { requests, lookup, date }: Evidence, trip: number) {
  const known = base.metadataServiceMicroseconds;
  const ofLookup = Math.max(0, lookup.likely - trip);
  const of = (kind: Kind): Figure => {
    const time = requests[kind];
    if (time) {
      const service = Math.max(0, time.likely - trip);
      const source = `${formatCountOf(time.calls, 'call')} on this mount (${time.from}), ${formatNumber(time.likely)} us a request on average, less the round trip`;
      const by = service / time.likely;
      return rangeOf(by * time.low, service, by * time.high, { source, date, confidence: 'measured' });
    }
    const by = known.lookup.likely > 0 ? known[kind].likely / known.lookup.likely : 1;
    const source = 'not seen on this mount: in proportion to a lookup as in the profile it began from';
    return rangeOf((by * ofLookup) / 2, by * ofLookup, 2 * by * ofLookup, { source, date, confidence: 'assumed' });
  };
  return Object.fromEntries(
    METADATA_REQUESTS.map((kind) => [kind, of(kind)]),
  ) as ServerModel['metadataServiceMicroseconds'];
}

/** Where the base knows another server exactly, that says little of this one. */
const UNSEEN = 4;

/** Slots that nobody saw: of the base, wider by what the split of round trip and service leaves open, since slots over service counts. */
function slotsUnseen(base: ServerModel, known: Figure, least: number, date: string): Figure {
  const parts = tripParts(base);
  const service = 1 - parts.likely;
  const widest = { low: known.likely / UNSEEN, high: known.likely * UNSEEN };
  const fewest = (known.low * service) / Math.max(1e-6, 1 - parts.low);
  const low = Math.max(1, least, Math.min(fewest, widest.low));
  const mostOf = (known.high * service) / Math.max(1e-6, 1 - parts.high);
  const high = within(Math.max(mostOf, widest.high), low, MOST_SLOTS);
  const source =
    least > 1
      ? `at least ${formatNumber(least)} were busy at the same time; beyond that as in the profile it began from`
      : 'not tried: as in the profile it began from, wider by what is not known of the service time';
  const likely = known.likely > low ? known.likely : Math.sqrt(low * Math.max(known.high, 2 * low));
  return rangeOf(low, within(likely, low, high), high, { source, date, confidence: 'assumed' });
}

/** Slots that give the rate at which the server was full, with the service time that is told. */
function slotsSeen({ slots, meanService, capacity }: LoadFit, service: number, date: string): Figure {
  const rate = slots / meanService;
  const source = `where more processes on this node finished no more calls: ${formatNumber(rate * 1e6)} requests a second, of mean service`;
  const low = Math.max(1, capacity.low * service);
  const likely = Math.max(low, rate * service);
  return rangeOf(low, likely, within(capacity.high * service, likely, MOST_SLOTS), {
    ...{ source, date },
    confidence: 'measured',
  });
}

function slotsOf(base: ServerModel, known: Figure, load: LoadFit | undefined, service: number, date: string): Figure {
  const unseen = slotsUnseen(base, known, load?.leastSlots ?? 1, date);
  if (load?.limit !== 'server') return unseen;
  const seen = slotsSeen(load, service, date);
  // If it was the node that was full, the server may have any number of slots.
  return load.nodeLimit === 'likely' ? { ...seen, high: Math.max(seen.high, unseen.high) } : seen;
}

function inFlight(base: ServerModel, load: LoadFit | undefined, date: string): Figure {
  if (load?.limit !== 'node') return base.inFlightPerNode;
  const source = 'calls of all classes stopped at so many under way, whatever their service: a limit of the node';
  return rangeOf(load.slots * 0.9, load.slots, load.slots * 1.1, { source, date, confidence: 'measured' });
}

/** A stream's bytes a second beyond what its requests take one after the other; where those explain it all, nothing is told. */
const MOVES = 0.3;

function bandwidth(base: ServerModel, { calls, bytes, date }: Evidence, requestMicroseconds: number): Figure {
  const known = base.dataBytesPerSecondPerSlot;
  const large = calls.find(({ call }) => call === 'read-large')?.time;
  if (!large || bytes.large === 0) return known;
  const asking = (bytes.large / base.dataRequestBytes.likely) * requestMicroseconds;
  const moving = large.likely - asking;
  if (moving < MOVES * large.likely) return known;
  const rate = (microseconds: number) => within((bytes.large / microseconds) * 1e6, 1, 1e12);
  const source = `${formatCountOf(large.calls, 'large read')} on this mount, beyond what their requests take; one stream`;
  return rangeOf(rate(moving * (large.high / large.likely)), rate(moving), rate(moving * (large.low / large.likely)), {
    ...{ source, date },
    confidence: 'measured',
  });
}

function dataService(base: ServerModel, { calls, date }: Evidence, trip: number): Figure {
  const read = calls.find(({ call }) => call === 'read')?.time;
  if (!read) return base.dataServiceMicroseconds;
  const service = Math.max(0, read.likely - trip);
  const source = `${formatCountOf(read.calls, 'read')} of cold files on this mount, ${formatNumber(read.likely)} us on average, less the round trip`;
  const by = service / read.likely;
  return rangeOf(by * read.low, service, by * read.high, { source, date, confidence: 'measured' });
}

function variation(base: ServerModel, load: LoadFit | undefined, date: string): Figure {
  if (load?.limit !== 'server') return base.serviceVariation;
  const source = 'from how calls began to wait as the server of this mount filled';
  const { variation: fitted } = load;
  return rangeOf(fitted / 2, fitted, fitted + 0.25, { source, date, confidence: 'measured' });
}

/** What others asked meanwhile is in the rate that was seen. */
function otherLoad({ otherLoad: known }: ServerModel, load: LoadFit | undefined, date: string) {
  if (load?.limit !== 'server') return known;
  const source =
    'the load of others at that hour is in the rate that was measured; what may come on top is taken from the profile it began from';
  const metadataShare = {
    ...known.metadataShare,
    low: 0,
    likely: 0,
    ...{ source, date, confidence: 'assumed' as const },
  };
  return { ...known, metadataShare };
}

export function serverModel(base: ServerModel, evidence: Evidence): ServerModel {
  const { load, dataLoad, date } = evidence;
  const trip = roundTrip(base, evidence);
  const data = dataService(base, evidence, trip.likely);
  return {
    ...base,
    roundTripMicroseconds: trip,
    metadataServiceMicroseconds: services(base, evidence, trip.likely),
    metadataSlots: slotsOf(base, base.metadataSlots, load, load?.meanService ?? 0, date),
    dataServiceMicroseconds: data,
    dataSlots: slotsOf(base, base.dataSlots, dataLoad, data.likely, date),
    dataBytesPerSecondPerSlot: bandwidth(base, evidence, trip.likely + data.likely),
    inFlightPerNode: inFlight(base, load, date),
    serviceVariation: variation(base, load, date),
    otherLoad: otherLoad(base, load, date),
  };
}
