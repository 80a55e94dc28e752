import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Calibration, type FilesystemProfile, readProfile } from '#schema';
import { fitProfile } from './fit-profile.ts';
import { syntheticCalibration, type Truth } from './synthetic-calibration.ts';

const PROCESSES = [1, 2, 4, 8, 16, 32];

function fitted(...truths: Truth[]): FilesystemProfile {
  const result = fitProfile(truths.map((truth) => syntheticCalibration(truth)));
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

const truth: fc.Arbitrary<Truth> = fc
  .record({
    roundTrip: fc.integer({ min: 50, max: 2000 }),
    lookup: fc.integer({ min: 50, max: 2000 }),
    open: fc.double({ min: 1, max: 3, noNaN: true }),
    entry: fc.double({ min: 1, max: 4, noNaN: true }),
    slots: fc.constantFrom(1, 2, 3, 4, 6, 8),
    exponential: fc.boolean(),
    noise: fc.constantFrom(0, 0.05),
    seed: fc.integer(),
  })
  .map(({ lookup, open, entry, ...rest }) => ({
    ...rest,
    service: { miss: lookup, stat: lookup, open: lookup * open, list: lookup * (open + 2 * entry) },
    requests: { list: 3 },
    kept: ['stat'],
    processes: PROCESSES,
  }));

const sumOf = ({ server }: FilesystemProfile, kind: 'lookup' | 'open' | 'readdir') =>
  server.roundTripMicroseconds.likely + server.metadataServiceMicroseconds[kind].likely;

const off = (told: number, true_: number) => Math.abs(told / true_ - 1);

describe('of servers that are known', () => {
  test('round trip and service are right in sum, slots over service in ratio', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(truth, (known) => {
        const profile = fitted(known);
        const { metadataServiceMicroseconds: service, metadataSlots: slots } = profile.server;
        const { miss = 0, open = 0, list = 0 } = known.service;
        // Forty exponential times have a mean that is good to 16 %, and one in many is further off.
        const sums = known.exponential ? 0.6 : 0.03;
        expect(off(sumOf(profile, 'lookup'), known.roundTrip + miss)).toBeLessThan(sums);
        expect(off(sumOf(profile, 'open'), known.roundTrip + open)).toBeLessThan(sums);
        const rate =
          slots.likely /
          ((service.lookup.likely + service.open.likely + 2 * service.readdir.likely + service.open.likely) / 5);
        const truly = known.slots / ((miss + open + list) / 5);
        // Where the most processes that are tried fill the server; else only a part of its rate was seen.
        const filled = PROCESSES[PROCESSES.length - 1] ?? 0;
        const full = filled * miss > 2 * known.slots * (known.roundTrip + miss);
        if (full) expect(off(rate, truly)).toBeLessThan(known.exponential ? 0.3 : 0.12);
      }),
      { numRuns: 40, seed: 1 },
    );
  });

  test('slots are told where classes differ much in service', () => {
    for (const slots of [1, 2, 4, 8]) {
      const service = { miss: 100, stat: 100, open: 400, list: 1600 };
      const profile = fitted({
        ...{ roundTrip: 300, service, slots },
        kept: ['stat'],
        requests: { list: 3 },
        processes: PROCESSES,
      });
      expect(off(profile.server.metadataSlots.likely, slots), `${slots} slots`).toBeLessThan(0.05);
      expect(off(profile.server.roundTripMicroseconds.likely, 300), `${slots} slots`).toBeLessThan(0.1);
      expect(profile.server.roundTripMicroseconds.confidence).toBe('measured');
    }
  });

  describe('a limit of the node', () => {
    const service = { miss: 50, stat: 50, open: 400, list: 3000 };
    const processes = [...PROCESSES, 64];
    const limited: Truth = {
      ...{ roundTrip: 800, service, slots: 64, nodeLimit: 6, requests: { list: 3 }, kept: ['stat'], processes },
    };

    test('looks like slots from one node: the range allows for more, and a note says why', () => {
      const { server, calibration } = fitted(limited);
      expect(server.metadataSlots.high).toBeGreaterThan(64);
      expect(calibration?.notes.join()).toContain('limit of this node');
    });

    test('shows where several nodes do more than one', { timeout: 60_000 }, () => {
      const { server, calibration } = fitted(limited, { ...limited, nodes: 4 });
      expect(server.inFlightPerNode).toMatchObject({ likely: 6, confidence: 'measured' });
      expect(server.metadataSlots.confidence).toBe('assumed');
      expect(calibration?.notes.join()).toContain('limit of this node');
    });
  });

  test('without load nothing is said of slots, and the range is wide', () => {
    const { server, calibration } = fitted({
      roundTrip: 200,
      service: { miss: 100, stat: 100 },
      kept: ['stat'],
      slots: 4,
    });
    expect(calibration).toMatchObject({ load: false });
    expect(server.metadataSlots.confidence).toBe('assumed');
    expect(server.metadataSlots.high / server.metadataSlots.low).toBeGreaterThan(10);
    expect(server.roundTripMicroseconds.likely + server.metadataServiceMicroseconds.lookup.likely).toBeCloseTo(300, 0);
  });

  test('a server that never fills has at least the slots that were busy', () => {
    const profile = fitted({
      roundTrip: 100,
      service: { miss: 900, stat: 900 },
      kept: ['stat'],
      slots: 64,
      processes: [1, 8, 32],
    });
    const { low, high } = profile.server.metadataSlots;
    expect(low).toBeGreaterThan(10);
    expect(high).toBeGreaterThanOrEqual(64);
    expect(profile.calibration?.notes.join()).toContain('at least');
  });
});

const number = fc.oneof(
  fc.constantFrom(0, 1e-9, 1e10),
  fc.double({ min: 0, max: 1e10, noNaN: true }),
  fc.double({ min: 0, max: 1000, noNaN: true }),
);
const series = fc.record({
  call: fc.constantFrom('miss', 'stat', 'open', 'close', 'read', 'read-large', 'list', 'readlink', 'create', 'unlink'),
  touch: fc.integer({ min: 1, max: 4 }),
  microseconds: fc.array(number, { maxLength: 60 }),
  failed: fc.nat(10),
  bytes: fc.nat(4_000_000),
});
const phase = fc.record({
  processes: fc.integer({ min: 1, max: 4096 }),
  nodes: fc.integer({ min: 1, max: 4096 }),
  throttle: fc.option(fc.constant(50), { nil: undefined }),
  seconds: number.map((value) => Math.min(value, 1e5)),
  series: fc.array(series, { maxLength: 5 }),
});
const anything = fc.record({
  type: fc.constantFrom('nfs', 'nfs4', 'lustre', 'gpfs', 'fuse.glusterfs', 'tmpfs', 'mystery', ''),
  phases: fc.array(phase, { maxLength: 6 }),
  overheadMicroseconds: number.map((value) => Math.min(value, 1e9)),
});

test('of any times there is a profile that can be read again, or a clear refusal', () => {
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 3 }), (files) => {
      const calibrations = files.map(({ type, ...rest }) => ({
        ...{ kind: 'pharos-calibration', version: 1, by: 'x', date: '2026-11-23', notes: [] },
        ...rest,
        mount: { type, class: 'unknown', options: [] },
      })) as unknown as Calibration[];
      const result = fitProfile(calibrations);
      if (result.ok) expect(readProfile(JSON.stringify(result.value)).ok).toBe(true);
      else {
        expect(result.failure.hint).toMatch(/\w/);
        expect(result.failure.message).toMatch(/^[a-z0-9]/);
        expect(result.failure.code).not.toBe('calibrate/nonsense');
      }
    }),
    { numRuns: 300, seed: 7 },
  );
});

test('slots of the data servers are told from reads, on a FUSE mount too', () => {
  const truth: Truth = { roundTrip: 500, service: { miss: 1000, open: 1500 }, slots: 1, processes: [1, 2, 4, 8, 16] };
  const reads: Truth = { ...truth, service: { read: 1500 }, slots: 4 };
  const [names, data] = [truth, reads].map((one) => syntheticCalibration(one, 'fuse.mystery'));
  const phases = [...(names?.phases ?? []), ...(data?.phases.slice(1) ?? [])];
  const [polite, ...loaded] = phases;
  const quiet = data?.phases[0]?.series ?? [];
  if (!names || !polite) throw new Error('there is nothing to fit');
  const profile = fitProfile([{ ...names, phases: [{ ...polite, series: [...polite.series, ...quiet] }, ...loaded] }]);
  if (!profile.ok) throw new Error(profile.failure.message);
  const { dataSlots, dataServiceMicroseconds } = profile.value.server;
  expect(dataSlots.likely / dataServiceMicroseconds.likely / (4 / 1500)).toBeCloseTo(1, 1);
  expect(dataSlots.confidence).toBe('measured');
});
