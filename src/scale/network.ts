import { type Seconds, sum } from '#base';

// A closed queueing network with a fixed amount of work for each customer: every rank is a customer that asks for one
// thing at a time; servers, a node's limit on requests and a node's cores are stations with slots. docs/concepts/scale.md
// derives the formulas and names the literature.

/** Where customers wait for each other. */
export interface Station {
  /** Service that one customer waits for. Part of `alone` already. */
  readonly own: Seconds;
  /** Service that all customers together bring; at least `own`. */
  readonly total: Seconds;
  readonly slots: number;
  /** Customers that can be there at the same time: nobody waits for one of them where they are not more than the slots. */
  readonly customers: number;
  /** Squared coefficient of variation of the service of one visit. */
  readonly variation: number;
  /** Share of the slots that others than the customers use, for a start of so many seconds. */
  readonly others: (time: Seconds) => number;
}

export interface Load {
  /** What one customer takes that meets nobody. */
  readonly alone: Seconds;
  /** Between the first and the last customer's coming. */
  readonly skew: Seconds;
  readonly stations: readonly Station[];
}

/** Service of the other customers, shared by the slots: the longest that one customer can wait for them. None where there is a free slot for each. */
function workOfOthers(station: Station, time: Seconds): Seconds {
  const { own, total, slots, customers } = station;
  return customers > slots * (1 - station.others(time)) ? Math.max(0, total - own) / slots : 0;
}

/** No last customer can be done earlier: neither its own work, nor a station's, is done in less. */
export function leastTime(load: Load): Seconds {
  return Math.max(load.skew + load.alone, ...load.stations.map((station) => bottleneckTime(station)));
}

/** A station does the work of all in so much time, when others leave it what they leave a long start. */
export function bottleneckTime({ total, slots, others }: Station): Seconds {
  return untilDone(total / slots, others);
}

/** The time in which `work` is done by what others leave. Their share shrinks as the time grows, or stays. */
function untilDone(work: Seconds, others: Station['others']): Seconds {
  let time = work;
  for (let step = 0; step < 30; step += 1) {
    const next = work / (1 - others(time));
    if (next <= time * (1 + 1e-9)) return next;
    time = next;
  }
  return time;
}

/** No last customer is done later, others apart: whenever it waits, all slots of a station work for other customers. */
export function mostTime(load: Load): Seconds {
  return load.skew + load.alone + sum(load.stations, (station) => workOfOthers(station, Number.POSITIVE_INFINITY));
}

/** Of what the others ask, the share that can be queued behind one that waits: Schweitzer's, one customer less than there are. */
const queueable = (customers: number, slots: number) => Math.max(0, customers - slots) / customers;

/** With few customers one long service holds up each of them once, not all that they ask. */
const heldUp = (customers: number, slots: number) => Math.max(0, customers - 1 - slots) / Math.max(1, customers - 1);

/**
 * Mean wait of one customer at a station, where the whole takes `time`: Sakasegawa's approximation of the queue with
 * several slots, with the variation of Allen and Cunneen, at the use that the other customers and others make of it.
 */
export function waitAt(station: Station, time: Seconds): Seconds {
  const { own, slots, customers, variation } = station;
  if (own === 0) return 0;
  const others = station.others(time);
  const mine = workOfOthers(station, time) / time;
  const use = mine + others;
  if (use >= 1) return Number.POSITIVE_INFINITY;
  const free = slots * (1 - others);
  // Own work between requests is uneven: starts of constant service wait as those of exponential service (docs/validation.md).
  const spread = 1 + Math.max(0, variation - 1) * heldUp(customers, free);
  const power = Math.sqrt(2 * (slots + 1)) - 1;
  return (own * ((1 + spread) / 2) * use ** power) / (slots * (1 - mine * queueable(customers, free) - others));
}

const HALVINGS = 50;
/** Far less than any figure is known to. */
const EXACT = 1e-7;
const MOST_DOUBLINGS = 2000;

/** Until the last customer is done: approximate mean value analysis between the asymptotic bounds. */
export function lastTime(load: Load): Seconds {
  const base = load.skew + load.alone;
  const needed = (time: Seconds) => base + sum(load.stations, (station) => waitAt(station, time));
  let low = leastTime(load);
  if (needed(low) <= low) return low;
  let high = Math.max(low, Number.MIN_VALUE) * 2;
  for (let step = 0; step < MOST_DOUBLINGS && needed(high) > high; step += 1) {
    low = high;
    high *= 2;
  }
  for (let step = 0; step < HALVINGS && high - low > low * EXACT; step += 1) {
    const middle = (low + high) / 2;
    if (needed(middle) > middle) low = middle;
    else high = middle;
  }
  return high;
}
