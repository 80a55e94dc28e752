// What a call takes while others make it too: a closed network of a delay (round trips) and one station with `slots`.

/** One call of a class: its requests, and the time that they keep a slot of the server busy, together. Microseconds. */
export interface Demand {
  readonly requests: number;
  readonly service: number;
}

export interface Servers {
  readonly roundTrip: number;
  readonly slots: number;
}

/** From here on the server is long saturated: the answer grows with the customers. */
const MOST_CUSTOMERS = 512;

/** Exact mean value analysis of a station with several places (Lazowska and others, Quantitative System Performance, chapter 8): for 1, 2, … customers. */
function exponentialTimes(most: number, delay: number, service: number, slots: number): number[] {
  const times: number[] = [];
  let queue = 0;
  let present = Array.from({ length: slots }, (_, at) => Number(at === 0));
  for (let customers = 1; customers <= most; customers += 1) {
    let free = 0;
    for (let at = 0; at < slots - 1; at += 1) free += (slots - 1 - at) * (present[at] ?? 0);
    const wait = (service / slots) * (1 + queue + free);
    const rate = customers / (delay + wait);
    queue = rate * wait;
    const next = new Array<number>(slots).fill(0);
    let used = rate * service;
    for (let at = 1; at < slots; at += 1) {
      next[at] = ((service * rate) / at) * (present[at - 1] ?? 0);
      used += (slots - at) * (next[at] ?? 0);
    }
    next[0] = Math.max(0, 1 - used / slots);
    present = next;
    times.push(delay + wait);
  }
  return times;
}

/** What a call takes where service always takes as long, and how much longer where it is exponential. */
export interface CrowdedTime {
  readonly steady: number;
  readonly queued: number;
}

/**
 * Microseconds of one call for up to `most` customers that do nothing else. Of service that always takes as long, nobody
 * waits before the slots are full; exponential service is solved exactly.
 */
export function crowdedTimes(most: number, { requests, service }: Demand, { roundTrip, slots }: Servers) {
  const delay = requests * roundTrip;
  const steady = (customers: number) => Math.max(delay + service, (customers * service) / slots);
  const solved = Math.min(most, MOST_CUSTOMERS);
  const random = slots < solved ? exponentialTimes(solved, delay, service, slots) : [];
  return (customers: number): CrowdedTime => {
    const at = Math.min(customers, solved);
    return { steady: steady(customers), queued: Math.max(0, (random[at - 1] ?? steady(at)) - steady(at)) };
  };
}
