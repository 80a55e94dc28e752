import { type Seconds, sum } from '#base';

// A closed queueing network with a fixed amount of work for each customer: every rank is a customer that asks for one
// thing at a time; servers are stations with slots; the network and the rank's own work are delay. docs/concepts/scale.md
// derives the formulas and names the literature.

/** A server and the work that one customer, and all customers together, bring to it. */
export interface Station {
  readonly own: Seconds;
  /** At least `own`. */
  readonly total: Seconds;
  readonly slots: number;
}

/** A limit on what the customers of one node have under way; nothing waits there unless they are more than `slots`. */
export interface Gate {
  /** Time that one customer's requests, and the whole node's, are under way when no server is busy. */
  readonly own: Seconds;
  readonly total: Seconds;
  readonly slots: number;
  readonly customers: number;
}

export interface Load {
  /** What one customer spends outside of servers: own work and round trips. */
  readonly delay: Seconds;
  readonly stations: readonly Station[];
  readonly gate: Gate;
}

const waitsAtGate = ({ customers, slots }: Gate) => customers > slots;

/** Work of the others, shared by the slots: the longest that one customer can wait for them. */
const others = ({ own, total: all, slots }: Pick<Station, 'own' | 'total' | 'slots'>) => Math.max(0, all - own) / slots;

const alone = ({ delay, stations }: Load) => delay + sum(stations, ({ own }) => own);

/** No last customer can be done earlier: neither its own work, nor a server's, nor a node's, is done in less. */
export function lowerBound(load: Load): Seconds {
  const servers = load.stations.map(({ total: all, slots }) => all / slots);
  const gate = waitsAtGate(load.gate) ? load.gate.total / load.gate.slots : 0;
  return Math.max(alone(load), gate, ...servers);
}

/** No last customer can be done later: whenever it waits, all slots of a server, or of its node, work for others. */
export function upperBound(load: Load): Seconds {
  const gate = waitsAtGate(load.gate) ? others(load.gate) : 0;
  return alone(load) + sum(load.stations, others) + gate;
}

const HALVINGS = 60;

/** Between the bounds: approximate mean value analysis (Bard and Schweitzer), slots by Seidmann's approximation. */
export function likelyTime(load: Load): Seconds {
  const waiting = [
    ...load.stations.map((station) => ({ work: station.own / station.slots, wait: others(station) })),
    ...(waitsAtGate(load.gate) ? [{ work: load.gate.own / load.gate.slots, wait: others(load.gate) }] : []),
  ];
  const base = alone(load);
  const timeIf = (time: Seconds) => base + sum(waiting, ({ work, wait }) => (work * wait) / (time - wait));
  let low = Math.max(lowerBound(load), ...waiting.map(({ wait }) => wait));
  let high = upperBound(load);
  for (let step = 0; step < HALVINGS && low < high; step += 1) {
    const middle = (low + high) / 2;
    if (timeIf(middle) > middle) low = middle;
    else high = middle;
  }
  return Math.max(lowerBound(load), Math.min(high, upperBound(load)));
}
