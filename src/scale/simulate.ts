import { randomNumbers, type Seconds } from '#base';
import { EventQueue } from './event-queue.ts';

// The system that `network.ts` solves by formulas, run through event by event: slow, and without the formulas' approximations. Others on a server use a steady share of it: their busy spells are not run through.

export interface SimulatedServer {
  /** Requests of each rank. */
  readonly requests: number;
  readonly service: Seconds;
  readonly slots: number;
  /** Squared coefficient of variation of the service: 0 constant, 1 exponential, above it hyperexponential. */
  readonly variation: number;
  /** Share of the slots that others use; they come at random, with the same service. */
  readonly others: number;
}

export interface SimulatedSystem {
  readonly nodes: number;
  readonly ranksPerNode: number;
  readonly coresPerNode: number;
  readonly inFlightPerNode: number;
  /** A rank's own work between its requests. */
  readonly ownSeconds: Seconds;
  /** Squared coefficient of variation of the pieces of own work; 0: all alike. */
  readonly unevenness: number;
  /** The ranks come evenly over so long. */
  readonly skew: Seconds;
  readonly roundTrip: Seconds;
  readonly metadata: SimulatedServer;
  readonly data: SimulatedServer;
}

/** First come, first served, by reservation: who comes takes the slot that is free the earliest. Arrivals in order of time. */
class Slots {
  readonly #free: Float64Array;
  constructor(slots: number) {
    this.#free = new Float64Array(slots);
  }
  take(now: Seconds, service: Seconds): Seconds {
    let best = 0;
    for (let slot = 1; slot < this.#free.length; slot += 1) {
      if ((this.#free[slot] ?? 0) < (this.#free[best] ?? 0)) best = slot;
    }
    const done = Math.max(now, this.#free[best] ?? 0) + service;
    this.#free[best] = done;
    return done;
  }
}

/** A time of this mean and squared coefficient of variation: constant, Erlang, exponential or hyperexponential. */
function drawTime(mean: Seconds, variation: number, random: () => number): Seconds {
  const exponential = (of: number) => -of * Math.log(1 - random());
  if (variation > 1) {
    // Two exponentials with balanced means.
    const share = (1 + Math.sqrt((variation - 1) / (variation + 1))) / 2;
    return exponential(mean / (2 * (random() < share ? share : 1 - share)));
  }
  if (variation < 0.01) return mean;
  const stages = Math.round(1 / variation);
  let all = 0;
  for (let stage = 0; stage < stages; stage += 1) all += exponential(mean / stages);
  return all;
}

/** A rank's own work in pieces, which make up the whole. */
function cutWork({ ownSeconds, unevenness }: SimulatedSystem, count: number, random: () => number): Seconds[] {
  const pieces = Array.from({ length: count }, () => drawTime(1, unevenness, random));
  const all = pieces.reduce((total, piece) => total + piece, 0);
  return pieces.map((piece) => (ownSeconds * piece) / all);
}

class Server {
  readonly #slots: Slots;
  readonly #random: () => number;
  readonly #server: SimulatedServer;
  #nextOther: Seconds;

  constructor(server: SimulatedServer, random: () => number) {
    this.#server = server;
    this.#random = random;
    this.#slots = new Slots(server.slots);
    this.#nextOther = this.#gap();
  }

  #gap(): Seconds {
    const { others, slots, service } = this.#server;
    if (others === 0 || service === 0) return Number.POSITIVE_INFINITY;
    return drawTime(service / (others * slots), 1, this.#random);
  }

  #service(): Seconds {
    const { service, variation } = this.#server;
    return drawTime(service, variation, this.#random);
  }

  /** When a request that comes now is answered. */
  answer(now: Seconds): Seconds {
    while (this.#nextOther <= now) {
      this.#slots.take(this.#nextOther, this.#service());
      this.#nextOther += this.#gap();
    }
    return this.#slots.take(now, this.#service());
  }
}

/** Requests of one node that are under way, and those that wait for a place. */
interface Gate {
  free: number;
  readonly waiting: ((now: Seconds) => void)[];
}

/** Which of the two servers each request of a rank goes to: spread evenly. */
function sequence(metadata: number, data: number): readonly ('metadata' | 'data')[] {
  const all = metadata + data;
  return Array.from({ length: all }, (_, index) =>
    Math.floor(((index + 1) * data) / all) > Math.floor((index * data) / all) ? 'data' : 'metadata',
  );
}

/** Seconds until the last rank is done. The same seed gives the same run. */
export function simulate(system: SimulatedSystem, seed: number): Seconds {
  const random = randomNumbers(seed);
  const events = new EventQueue();
  const servers = { metadata: new Server(system.metadata, random), data: new Server(system.data, random) };
  const requests = sequence(system.metadata.requests, system.data.requests);
  let last = 0;

  const startRank = (cores: Slots, gate: Gate, comes: Seconds) => {
    const pieces = cutWork(system, requests.length + 1, random);
    const think = (now: Seconds, next: number) => {
      events.add(cores.take(now, pieces[next] ?? 0), (then) => ask(then, next));
    };
    const ask = (now: Seconds, next: number) => {
      const kind = requests[next];
      if (kind === undefined) {
        last = Math.max(last, now);
        return;
      }
      const send = (then: Seconds) => {
        events.add(then + system.roundTrip / 2, (arrived) => {
          events.add(servers[kind].answer(arrived) + system.roundTrip / 2, (answered) => {
            const waiting = gate.waiting.shift();
            if (waiting) waiting(answered);
            else gate.free += 1;
            think(answered, next + 1);
          });
        });
      };
      if (gate.free === 0) {
        gate.waiting.push(send);
        return;
      }
      gate.free -= 1;
      send(now);
    };
    events.add(comes, (now) => think(now, 0));
  };

  const ranks = system.nodes * system.ranksPerNode;
  for (let node = 0, rank = 0; node < system.nodes; node += 1) {
    const cores = new Slots(system.coresPerNode);
    const gate: Gate = { free: system.inFlightPerNode, waiting: [] };
    for (let local = 0; local < system.ranksPerNode; local += 1, rank += 1) {
      startRank(cores, gate, ranks > 1 ? (system.skew * rank) / (ranks - 1) : system.skew);
    }
  }
  events.run();
  return last;
}
