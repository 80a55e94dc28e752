import { sum } from '#base';
import { type CrowdedTime, crowdedTimes, type Servers } from './crowd.ts';

// From calls that are made by more and more customers at once: round trip, slots and variation of the servers.

/** A class of calls: what one takes alone, and what it took in a crowd. Microseconds. */
export interface LoadedCall {
  readonly requests: number;
  readonly alone: number;
  readonly points: readonly { readonly customers: number; readonly processes: number; readonly microseconds: number }[];
}

export interface LoadFit {
  /** `server`: slots of a server, shared by all nodes; `node`: a limit of each node; `none`: nothing ever waited. */
  readonly limit: 'server' | 'node' | 'none';
  readonly roundTrip: number;
  readonly slots: number;
  readonly variation: number;
  /** Microseconds that a request of the tried classes keeps a slot busy on average, with this round trip. */
  readonly meanService: number;
  /** Requests that the servers finish in a microsecond, each of mean service: the extremes that explain the data about as well. */
  readonly capacity: { readonly low: number; readonly high: number };
  /** Least that the classes together showed the server to finish at the same time: busy slots. */
  readonly leastSlots: number;
  /** Root of the mean squared logarithm of fitted over measured. */
  readonly deviation: number;
  /** Only round trips near this one explain the data. */
  readonly tripTold: boolean;
  /** A limit of the node explains the data as well: `possible`; and better than a server that is a usual distance away: `likely`. */
  readonly nodeLimit: 'no' | 'possible' | 'likely';
  /** Relative errors, one for each point. */
  readonly errors: readonly number[];
}

/** In a crowd nothing takes this much longer than alone without waiting somewhere. */
const WAITED = 1.3;
/** Explanations that differ by less than what measuring repeats to are equally good. */
const REPEATS_TO = 0.03;
/** No client is known that lets fewer requests be under way. */
const LEAST_NODE_LIMIT = 4;
/** Where the data leave the split of round trip and service open, the one that was expected stands; and the least variation. */
const UNEXPECTED = 0.004;
/** Round trips that explain the data and are further apart than this are not told apart. */
const APART = 1.5;
/** A part of the shortest request. */
const NEXT_TO_NOTHING = 0.04;
const VARIATIONS = [0, 0.25, 0.5, 1];
const STEPS = 32;
const MOST_SLOTS = 512;

function slotCandidates(most: number): number[] {
  const slots = new Set<number>();
  for (let next = 1; next <= Math.min(most, MOST_SLOTS); next = next < 16 ? next + 1 : Math.round(next * 1.15)) {
    slots.add(next);
  }
  return [...slots];
}

type Solve = (call: LoadedCall, most: number) => (point: LoadedCall['points'][number]) => CrowdedTime;

interface Told extends CrowdedTime {
  readonly measured: number;
}

function tell(calls: readonly LoadedCall[], solve: Solve): Told[] {
  return calls.flatMap((call) => {
    const timeOf = solve(call, Math.max(1, ...call.points.map(({ customers }) => customers)));
    return call.points.map((point) => ({ ...timeOf(point), measured: point.microseconds }));
  });
}

/** Logarithms of what is told over what was measured. Between steady and exponential service, waiting goes in proportion. */
const misses = (told: readonly Told[], variation: number): number[] =>
  told.map(({ steady, queued, measured }) => Math.log((steady + variation * queued) / measured));

const rootMeanSquare = (values: readonly number[]) =>
  Math.sqrt(sum(values, (value) => Math.min(1, value * value)) / Math.max(1, values.length));

const byServer =
  (servers: Servers): Solve =>
  (call, most) => {
    const service = Math.max(0, call.alone - call.requests * servers.roundTrip);
    const times = crowdedTimes(most, { requests: call.requests, service }, servers);
    return ({ customers }) => times(customers);
  };

const byNode =
  (slots: number): Solve =>
  (call, most) => {
    const times = crowdedTimes(most, { requests: 0, service: call.alone }, { roundTrip: 0, slots });
    return ({ processes }) => times(processes);
  };

interface Candidate extends Servers {
  /** Squared coefficient of variation of the service time. */
  readonly variation: number;
  readonly deviation: number;
}

type Score = (candidate: Candidate) => number;

function best(candidates: readonly Candidate[], score: Score = ({ deviation }) => deviation): Candidate | undefined {
  let found: Candidate | undefined;
  for (const candidate of candidates) if (!found || score(candidate) < score(found)) found = candidate;
  return found;
}

const nearTo =
  (likelyRoundTrip: number): Score =>
  ({ deviation, roundTrip, variation }) =>
    deviation + UNEXPECTED * (Math.abs(Math.log(roundTrip / likelyRoundTrip)) + variation);

function variationsOf(servers: Servers, told: readonly Told[]): Candidate[] {
  return VARIATIONS.map((variation) => {
    return { ...servers, variation, deviation: rootMeanSquare(misses(told, variation)) };
  });
}

function serverCandidates(calls: readonly LoadedCall[], roundTrips: readonly number[], slots: readonly number[]) {
  return roundTrips.flatMap((roundTrip) =>
    slots.flatMap((count) => {
      const servers = { roundTrip, slots: count };
      return variationsOf(servers, tell(calls, byServer(servers)));
    }),
  );
}

const shortestRequest = (calls: readonly LoadedCall[]) =>
  Math.min(...calls.map(({ alone, requests }) => alone / requests));

/** The round trip is part of every call: it is less than the shortest one, for each request. */
function tryServers(calls: readonly LoadedCall[], slots: readonly number[], score: Score): Candidate[] {
  const step = shortestRequest(calls) / STEPS;
  const coarse = serverCandidates(
    calls,
    Array.from({ length: STEPS }, (_, at) => (at + 0.5) * step),
    slots,
  );
  const near = best(coarse, score);
  if (!near) return [];
  const fine = [-0.4, -0.3, -0.2, -0.1, 0.1, 0.2, 0.3, 0.4].map((part) => near.roundTrip + part * step);
  return [...coarse, ...serverCandidates(calls, fine, [near.slots])];
}

function tryNode(calls: readonly LoadedCall[], slots: readonly number[]): Candidate | undefined {
  const possible = slots.filter((count) => count >= LEAST_NODE_LIMIT);
  return best(possible.flatMap((count) => variationsOf({ roundTrip: 0, slots: count }, tell(calls, byNode(count)))));
}

const meanService = (calls: readonly LoadedCall[], roundTrip: number) =>
  sum(calls, ({ alone, requests }) => Math.max(0, alone - requests * roundTrip)) /
  Math.max(
    1,
    sum(calls, ({ requests }) => requests),
  );

function capacityOf(calls: readonly LoadedCall[], candidates: readonly Candidate[], deviation: number) {
  const alike = candidates.filter((candidate) => candidate.deviation <= deviation + REPEATS_TO);
  const capacities = alike.map(({ slots, roundTrip }) => slots / meanService(calls, roundTrip));
  return { low: Math.min(...capacities), high: Math.max(...capacities) };
}

/** Classes that fill in proportion to all of their time: then a server's round trip would have to be next to nothing. */
function nodeLimitOf(node: Candidate | undefined, server: Candidate | undefined, shortest: number) {
  if (!node || !server || node.deviation > server.deviation + REPEATS_TO) return 'no';
  return server.roundTrip < NEXT_TO_NOTHING * shortest ? 'likely' : 'possible';
}

function isTripTold(candidates: readonly Candidate[], { deviation }: Candidate): boolean {
  const alike = candidates.filter((candidate) => candidate.deviation <= deviation + REPEATS_TO / 2);
  const trips = alike.map(({ roundTrip }) => roundTrip);
  return Math.max(...trips) <= APART * Math.min(...trips);
}

const relative = (logarithms: readonly number[]) => logarithms.map((value) => Math.abs(Math.expm1(value)));

/** The most that was in service at the same time, were the round trip this long: Little's law. */
function busySlots(calls: readonly LoadedCall[], roundTrip: number): number {
  const busy = calls.flatMap(({ alone, requests, points }) =>
    points.map(({ customers, microseconds }) => (customers / microseconds) * Math.max(0, alone - requests * roundTrip)),
  );
  return Math.max(0, ...busy);
}

/**
 * Fits by trying: few figures, and no starting point that could lead astray. What a call takes alone is kept exactly,
 * so each round trip that is tried tells the service times. Where classes fill the server in proportion to their
 * service it is the server that is full; where in proportion to the whole time, it may be the node.
 * Undefined where no class was tried in a crowd.
 */
export function fitLoad(calls: readonly LoadedCall[], likelyRoundTrip: number): LoadFit | undefined {
  const crowded = calls.filter(({ points, alone }) => points.length > 0 && alone > 0);
  const points = crowded.flatMap(({ points: of, alone }) => of.map((point) => ({ ...point, alone })));
  const most = Math.max(0, ...points.map(({ customers }) => customers));
  if (most < 2) return undefined;
  const shared = {
    leastSlots: busySlots(crowded, likelyRoundTrip),
    meanService: meanService(crowded, likelyRoundTrip),
    nodeLimit: 'no' as const,
    tripTold: false,
  };
  if (!points.some(({ microseconds, alone }) => microseconds > WAITED * alone)) {
    const errors = points.map(({ microseconds, alone }) => Math.abs(alone / microseconds - 1));
    const none = { roundTrip: likelyRoundTrip, slots: most, variation: 0, deviation: rootMeanSquare(errors), errors };
    return { ...shared, ...none, limit: 'none', capacity: { low: 0, high: 0 } };
  }
  const slots = slotCandidates(most);
  const score = nearTo(Math.max(likelyRoundTrip, 1e-3));
  const tried = tryServers(crowded, slots, score);
  const server = best(tried, score);
  if (!server) return undefined;
  const node = tryNode(crowded, slots);
  if (node && node.deviation < 0.6 * server.deviation && server.deviation > REPEATS_TO) {
    const errors = relative(misses(tell(crowded, byNode(node.slots)), node.variation));
    return { ...shared, ...node, roundTrip: likelyRoundTrip, limit: 'node', capacity: { low: 0, high: 0 }, errors };
  }
  return {
    ...shared,
    ...server,
    limit: 'server',
    meanService: meanService(crowded, server.roundTrip),
    capacity: capacityOf(crowded, tried, server.deviation),
    tripTold: isTripTold(tried, server),
    nodeLimit: nodeLimitOf(node, best(tried), shortestRequest(crowded)),
    errors: relative(misses(tell(crowded, byServer(server)), server.variation)),
  };
}
