import { randomNumbers } from '#base';
import type { Calibration, CalibrationPhase } from '#schema';

// For tests: calibrations of a mount whose servers are known, by an event by event simulation that shares nothing with the fit.

type Call = CalibrationPhase['series'][number]['call'];

/** Microseconds. */
export interface Truth {
  readonly roundTrip: number;
  readonly service: { readonly [call in Call]?: number };
  /** Requests of one call; 1 where absent. */
  readonly requests?: { readonly [call in Call]?: number };
  readonly slots: number;
  readonly nodeLimit?: number;
  readonly exponential?: boolean;
  /** Relative noise of each time. */
  readonly noise?: number;
  /** Calls that are answered by the client when they are made again. */
  readonly kept?: readonly Call[];
  readonly processes?: readonly number[];
  /** That make calls at the same time under load. */
  readonly nodes?: number;
  readonly seed?: number;
}

interface Size {
  readonly processes: number;
  readonly nodes?: number;
  readonly calls: number;
}

const OVERHEAD = 1.5;

/** Takes the place that is free the earliest for `microseconds`; says when that is over. */
function occupy(free: number[], from: number, microseconds: number): number {
  let place = 0;
  for (const [at, time] of free.entries()) if (time < (free[place] ?? 0)) place = at;
  const end = Math.max(from, free[place] ?? 0) + microseconds;
  free[place] = end;
  return end;
}

/** Times of `calls` calls of each of the customers, who make nothing else. They come in the order of their time. */
function crowd(truth: Truth, call: Call, size: Size, random: () => number): number[] {
  const { processes, nodes = 1, calls } = size;
  const customers = processes * nodes;
  const { roundTrip, service, requests = {}, slots, nodeLimit, exponential, noise = 0 } = truth;
  const server = new Array<number>(slots).fill(0);
  const gates = Array.from({ length: nodes }, () => new Array<number>(nodeLimit ?? processes).fill(0));
  const each = requests[call] ?? 1;
  const clocks = Array.from({ length: customers }, (_, at) => ({
    ...{ now: random() * 100, begun: 0, request: 0, done: 0 },
    gate: gates[at % nodes] ?? [],
  }));
  const times: number[] = [];
  for (let left = customers * calls * each; left > 0; left -= 1) {
    const next = clocks.reduce((first, clock) => (clock.now < first.now && clock.done < calls ? clock : first));
    if (next.request === 0) next.begun = next.now;
    const busy = ((service[call] ?? 0) / each) * (exponential ? -Math.log(1 - random()) : 1);
    const entered = Math.max(next.now, Math.min(...next.gate));
    const answered = occupy(server, entered + roundTrip / 2, busy) + roundTrip / 2;
    occupy(next.gate, entered, answered - entered);
    next.now = answered;
    next.request = (next.request + 1) % each;
    if (next.request > 0) continue;
    next.done += 1;
    if (next.done === calls) next.now = Number.POSITIVE_INFINITY;
    times.push((answered - next.begun) * (1 + noise * (random() - 0.5)) + OVERHEAD);
  }
  // The first calls find an empty server, the last ones an emptying one.
  return times.slice(customers, Math.max(customers + 1, times.length - customers));
}

const CALLS = 40;
const ALONE = { processes: 1, calls: CALLS + 2 };

export function syntheticCalibration(truth: Truth, type = 'mystery'): Calibration {
  const random = randomNumbers(truth.seed ?? 1);
  const tried = Object.keys(truth.service) as Call[];
  const kernel = () => Array.from({ length: CALLS }, () => OVERHEAD + random());
  const alone = tried.flatMap((call) => {
    const times = crowd(truth, call, ALONE, random);
    const again = truth.kept?.includes(call) ? kernel() : crowd(truth, call, ALONE, random);
    return [
      { call, touch: 1, failed: 0, microseconds: times },
      { call, touch: 2, failed: 0, microseconds: again },
    ];
  });
  const polite = { processes: 1, nodes: 1, throttle: 50, seconds: 30, series: alone };
  const loaded = (truth.processes ?? []).flatMap((processes) =>
    tried.map((call) => {
      const { nodes = 1 } = truth;
      const calls = Math.ceil(400 / processes / nodes) + 3;
      const microseconds = crowd(truth, call, { processes, nodes, calls }, random);
      return { processes, nodes, seconds: 1, series: [{ call, touch: 1, failed: 0, microseconds }] };
    }),
  );
  return {
    kind: 'pharos-calibration',
    version: 1,
    by: 'test',
    date: '2026-11-23',
    mount: { type, class: 'unknown', options: [] },
    overheadMicroseconds: OVERHEAD,
    phases: [polite, ...loaded],
    notes: [],
  };
}
