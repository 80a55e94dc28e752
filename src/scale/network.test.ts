import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Load, lastTime, leastTime, mostTime, type Station } from './network.ts';

const seconds = fc.double({ min: 0, max: 1e4, noNaN: true });
const share = fc.double({ min: 0, max: 0.95, noNaN: true });

/** What a load is made of, so that one thing can be changed. */
const plan = fc.record({
  apart: seconds,
  skew: seconds,
  stations: fc.array(
    fc.record({
      own: seconds,
      more: seconds,
      slots: fc.integer({ min: 1, max: 4096 }),
      customers: fc.integer({ min: 1, max: 100_000 }),
      variation: fc.double({ min: 0, max: 10, noNaN: true }),
      share,
    }),
    { minLength: 1, maxLength: 4 },
  ),
});
type Plan = typeof plan extends fc.Arbitrary<infer Value> ? Value : never;

function loadOf({ apart, skew, stations }: Plan): Load {
  return {
    alone: apart + stations.reduce((all, { own }) => all + own, 0),
    skew,
    stations: stations.map(({ own, more, share: others, ...rest }) => ({
      ...rest,
      own,
      total: own + more,
      others: () => others,
    })),
  };
}

type Change = (one: Plan['stations'][number], more: number) => Partial<Plan['stations'][number]>;
const first = (change: Change) => (any: Plan, more: number) => ({
  ...any,
  stations: any.stations.map((one, index) => (index === 0 ? { ...one, ...change(one, more) } : one)),
});

const SLACK = 1 + 1e-6;

describe('for any load', () => {
  test('the time is finite and not below the bounds', () => {
    fc.assert(
      fc.property(plan, (any) => {
        const load = loadOf(any);
        expect(Number.isFinite(lastTime(load))).toBe(true);
        expect(leastTime(load)).toBeLessThanOrEqual(lastTime(load) * SLACK);
      }),
    );
  });

  test('nobody waits longer than for the work of all', () => {
    const constant = plan.map((any) => ({
      ...any,
      stations: any.stations.map((one) => ({ ...one, variation: Math.min(1, one.variation), share: 0 })),
    }));
    fc.assert(
      fc.property(constant, (any) => {
        const load = loadOf(any);
        expect(lastTime(load)).toBeLessThanOrEqual(Math.max(leastTime(load), mostTime(load)) * SLACK + 1e-9);
      }),
    );
  });

  test.for<[string, (any: Plan, more: number) => Plan]>([
    ['more time of its own', (any, more) => ({ ...any, apart: any.apart + more })],
    ['ranks that come later', (any, more) => ({ ...any, skew: any.skew + more })],
    ['more work for others', first(({ more }, extra) => ({ more: more + extra }))],
    ['more work of its own', first(({ own }, extra) => ({ own: own + extra }))],
    ['more customers', first(({ customers }, extra) => ({ customers: customers + Math.ceil(extra) }))],
    ['more variation', first(({ variation }, extra) => ({ variation: variation + extra }))],
    ['fewer slots', first(({ slots }, extra) => ({ slots: Math.max(1, slots - Math.ceil(extra)) }))],
    ['others on the server', first(({ share: old }, extra) => ({ share: Math.min(0.95, old + extra / 1e4) }))],
  ])('%s never make it shorter', ([, change]) => {
    fc.assert(
      fc.property(plan, seconds, (any, more) => {
        const [less, changed] = [loadOf(any), loadOf(change(any, more))];
        for (const time of [leastTime, lastTime]) {
          expect(time(less)).toBeLessThanOrEqual(time(changed) * SLACK + 1e-9);
        }
      }),
    );
  });
});

const nobody = () => 0;
const server = (own: number, customers: number, slots = 1): Station => ({
  ...{ own, total: own * customers, slots, customers, variation: 1, others: nobody },
});

test('one customer alone waits for nobody', () => {
  const load: Load = { alone: 3, skew: 0, stations: [server(2, 1)] };
  expect([leastTime(load), lastTime(load), mostTime(load)]).toEqual([3, 3, 3]);
});

test('as many slots as customers: nobody waits', () => {
  expect(lastTime({ alone: 3, skew: 0, stations: [server(2, 4, 4)] })).toBe(3);
});

test('others on the server take their share of it', () => {
  const half = { ...server(1, 10), others: () => 0.5 };
  expect(lastTime({ alone: 1, skew: 0, stations: [half] })).toBeGreaterThanOrEqual(20);
});

test('who comes later meets less', () => {
  const load = (skew: number): Load => ({ alone: 3, skew, stations: [server(2, 2)] });
  expect(lastTime(load(10)) - 10).toBeLessThan(lastTime(load(0)));
});

// The machine repairman of the textbooks, by exact mean value analysis: delay 0.993 s, service 0.447 s, one slot.
test.for([
  [2, 1.579],
  [4, 2.03],
  [8, 3.58],
])('%i customers at one server: near the exact solution', ([customers = 0, exact = 0]) => {
  const time = lastTime({ alone: 1.44, skew: 0, stations: [server(0.447, customers)] });
  expect(Math.abs(time - exact) / exact).toBeLessThan(0.08);
});
