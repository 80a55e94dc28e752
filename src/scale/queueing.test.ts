import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Load, likelyTime, lowerBound, upperBound } from './queueing.ts';

const seconds = fc.double({ min: 0, max: 1e4, noNaN: true });
const slots = fc.integer({ min: 1, max: 4096 });
const station = fc
  .record({ own: seconds, more: seconds, slots })
  .map(({ own, more, ...rest }) => ({ own, total: own + more, ...rest }));

/** A gate's own time is part of what the customer does alone. */
const load: fc.Arbitrary<Load> = fc
  .record({ delay: seconds, stations: fc.tuple(station, station), more: seconds, slots, customers: slots })
  .map(({ delay, stations, more, ...gate }) => {
    const own = delay + stations[0].own + stations[1].own;
    return { delay, stations, gate: { own, total: own + more, ...gate } };
  });

const SLACK = 1 + 1e-9;

describe('for any load', () => {
  test('the likely time is between the bounds', () => {
    fc.assert(
      fc.property(load, (any) => {
        expect(lowerBound(any)).toBeLessThanOrEqual(likelyTime(any) * SLACK);
        expect(likelyTime(any)).toBeLessThanOrEqual(upperBound(any) * SLACK);
      }),
    );
  });

  test.for([
    ['more delay', ({ delay, ...rest }: Load, more: number): Load => ({ ...rest, delay: delay + more })],
    [
      'more work for others',
      ({ stations: [one, ...rest], ...load }: Load, more: number): Load => ({
        ...load,
        stations: one ? [{ ...one, total: one.total + more }, ...rest] : [],
      }),
    ],
    [
      'more work of its own',
      ({ stations: [one, ...rest], gate, ...load }: Load, more: number): Load => ({
        ...load,
        stations: one ? [{ ...one, own: one.own + more, total: one.total + more }, ...rest] : [],
        gate: { ...gate, own: gate.own + more, total: gate.total + more },
      }),
    ],
    [
      'a fuller node',
      ({ gate, ...load }: Load, more: number): Load => ({ ...load, gate: { ...gate, total: gate.total + more } }),
    ],
  ] as const)('%s never makes it shorter', ([, change]) => {
    fc.assert(
      fc.property(load, seconds, (any, more) => {
        for (const time of [lowerBound, likelyTime, upperBound]) {
          expect(time(any)).toBeLessThanOrEqual(time(change(any, more)) * SLACK + 1e-9);
        }
      }),
    );
  });
});

test('one customer alone waits for nobody', () => {
  const alone: Load = {
    delay: 1,
    stations: [{ own: 2, total: 2, slots: 1 }],
    gate: { own: 3, total: 3, slots: 8, customers: 1 },
  };
  expect([lowerBound(alone), likelyTime(alone), upperBound(alone)]).toEqual([3, 3, 3]);
});

// The machine repairman of the textbooks, by exact mean value analysis: delay 0.993 s, service 0.447 s, one slot.
// The approximation is known to be off by several percent where the server is about to become the bottleneck.
test.for([
  [2, 1.579],
  [4, 2.03],
  [8, 3.58],
])('%i customers at one server: near the exact solution', ([customers = 0, exact = 0]) => {
  const own = 0.447;
  const time = likelyTime({
    delay: 0.993,
    stations: [{ own, total: customers * own, slots: 1 }],
    gate: { own: 1.44, total: 1.44, slots: 8, customers: 1 },
  });
  expect(Math.abs(time - exact) / exact).toBeLessThan(0.1);
});
