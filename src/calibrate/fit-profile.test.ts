import { describe, expect, test } from 'vitest';
import { findFilesystemProfile } from '#knowledge';
import type { Calibration, CalibrationPhase, FilesystemProfile } from '#schema';
import { fitProfile } from './fit-profile.ts';

type Call = CalibrationPhase['series'][number]['call'];

/** Forty times around so many microseconds. */
const around = (microseconds: number) =>
  Array.from({ length: 40 }, (_, at) => microseconds * (1 + ((at % 5) - 2) / 100));

const SERVER = 400;
const KERNEL = 3;

interface Touch {
  readonly call: Call;
  readonly touch: number;
  readonly takes: number;
  readonly afterSeconds?: number;
  readonly bytes?: number;
}

function calibrationOf(touches: readonly Touch[], mount: Partial<Calibration['mount']> = {}): Calibration {
  const series = touches.map(({ takes, ...rest }) => ({ ...rest, failed: 0, microseconds: around(takes) }));
  return {
    ...{ kind: 'pharos-calibration', version: 1, by: 'test', date: '2026-11-23', overheadMicroseconds: 1 },
    mount: { type: 'nfs', class: 'nfs', options: [], ...mount },
    phases: [{ processes: 1, nodes: 1, throttle: 50, seconds: 30, series }],
    notes: [],
  };
}

const MISS: Touch = { call: 'miss', touch: 1, takes: SERVER };

function fitted(touches: readonly Touch[], mount?: Partial<Calibration['mount']>, base?: FilesystemProfile) {
  const profile = fitProfile([calibrationOf([MISS, ...touches], mount)], base);
  if (!profile.ok) throw new Error(profile.failure.message);
  return profile.value;
}

/** The same call twice. */
const twice = (call: Call, first: number, again: number): Touch[] => [
  { call, touch: 1, takes: first },
  { call, touch: 2, takes: again },
];

describe('what a node keeps', () => {
  const fuse = { type: 'fuse.mystery', class: 'fuse' } as const;

  test.for<[string, Touch[], Partial<Record<keyof FilesystemProfile['cache'], unknown>>]>([
    ['missing names are asked for each time', twice('miss', SERVER, SERVER), { missing: 0 }],
    [
      'opens, closes and contents all reach the server',
      [...twice('open', SERVER, SERVER), ...twice('close', SERVER, SERVER), ...twice('read', SERVER, SERVER)],
      { opens: 'every', closes: 'waited', data: 'open' },
    ],
    [
      'opens and contents are kept, closes are not waited for',
      [...twice('open', SERVER, KERNEL), ...twice('close', KERNEL, KERNEL), ...twice('read', SERVER, KERNEL)],
      { opens: 1, closes: 'never', data: 'node' },
    ],
    [
      'links and listings are kept',
      [...twice('readlink', SERVER, KERNEL), ...twice('list', 3 * SERVER, SERVER)],
      { links: true, listings: true },
    ],
    [
      'links and listings are asked for each time',
      [...twice('readlink', SERVER, SERVER), ...twice('list', 3 * SERVER, 3 * SERVER)],
      { links: false, listings: false },
    ],
  ])('%s', ([, touches, expected]) => {
    const { cache } = fitted(
      touches.filter(({ call, touch }) => call !== 'miss' || touch > 1),
      fuse,
    );
    for (const [key, value] of Object.entries(expected)) {
      expect(cache[key as keyof typeof cache], key).toMatchObject({
        value,
        confidence: 'measured',
        date: '2026-11-23',
      });
    }
  });

  test('a close that may reach the server asks for no more than it takes', () => {
    const between = Math.sqrt(40 * SERVER); // of a FUSE daemon and the server: half of the times above, half below
    const { cache, server } = fitted([...twice('open', SERVER, SERVER), ...twice('close', between, between)], fuse);
    expect(cache.closes).toMatchObject({ value: 'waited' });
    expect(server.metadataServiceMicroseconds.close.high).toBeLessThan(between);
    expect(server.roundTripMicroseconds.likely).toBeGreaterThan(between);
  });

  test('for how long a name is kept lies between the touches', () => {
    const touches: Touch[] = [
      { call: 'stat', touch: 1, takes: KERNEL },
      { call: 'stat', touch: 2, takes: KERNEL, afterSeconds: 1 },
      { call: 'stat', touch: 3, takes: SERVER, afterSeconds: 4 },
    ];
    expect(fitted(touches, fuse).cache.entries).toMatchObject({ value: 3, confidence: 'measured' });
    // The 30 s of NFS are contradicted as well.
    expect(fitted(touches).cache.entries).toMatchObject({ value: 3, confidence: 'measured' });
  });

  test('what agrees with the base, as far as was waited, keeps its value and source', () => {
    const kept: Touch[] = [
      { call: 'stat', touch: 1, takes: KERNEL },
      { call: 'stat', touch: 2, takes: KERNEL },
      { call: 'stat', touch: 3, takes: KERNEL, afterSeconds: 5 },
    ];
    expect(fitted(kept).cache.entries).toEqual(findFilesystemProfile('nfs')?.cache.entries);
  });

  test('who keeps a name for longer than was waited, keeps it until the next time that clients have by default', () => {
    const waited = (seconds: number): Touch[] => [
      { call: 'stat', touch: 1, takes: KERNEL },
      { call: 'stat', touch: 2, takes: KERNEL, afterSeconds: seconds },
    ];
    expect(fitted(waited(0), fuse).cache.entries).toMatchObject({ value: 1, confidence: 'assumed' });
    expect(fitted(waited(5), fuse).cache.entries).toMatchObject({ value: 20, confidence: 'assumed' });
    expect(fitted(waited(100), fuse).cache.entries).toMatchObject({ value: 100, confidence: 'assumed' });
  });

  test('what is neither fast nor slow is not told, and a note says so', () => {
    const half = around(SERVER).map((time, at) => (at % 2 === 0 ? time : KERNEL));
    const calibration = calibrationOf([MISS, ...twice('readlink', SERVER, SERVER)]);
    const series =
      calibration.phases[0]?.series.map((each) => (each.touch === 2 ? { ...each, microseconds: half } : each)) ?? [];
    const profile = fitProfile([
      { ...calibration, phases: [{ processes: 1, nodes: 1, throttle: 50, seconds: 9, series }] },
    ]);
    if (!profile.ok) throw new Error(profile.failure.message);
    expect(profile.value.cache.links).toEqual(findFilesystemProfile('nfs')?.cache.links);
    expect(profile.value.calibration?.notes.join('\n')).toContain('targets of links');
  });

  test('of its own files a client may hold opens that it does not hold of others: that no open asks is not believed', () => {
    const { cache } = fitted(twice('open', KERNEL, KERNEL), { type: 'nfs4' });
    expect(cache.opens).toEqual(findFilesystemProfile('nfs4')?.cache.opens);
  });
});

describe('times', () => {
  test('a request is measured in sum; an NFS open is a question for attributes', () => {
    const { server } = fitted([...twice('open', 320, 320), ...twice('stat', KERNEL, KERNEL)]);
    const sum = (kind: 'lookup' | 'getattr') =>
      server.roundTripMicroseconds.likely + server.metadataServiceMicroseconds[kind].likely;
    expect(sum('lookup')).toBeCloseTo(SERVER - 1, 0);
    expect(sum('getattr')).toBeCloseTo(319, 0);
    expect(server.metadataServiceMicroseconds.getattr.confidence).toBe('measured');
    expect(server.metadataServiceMicroseconds.readlink.confidence).toBe('assumed');
  });

  test('a load that moves widens the range', () => {
    const moving = Array.from({ length: 80 }, (_, at) => 400 + 100 * Math.sin(at / 10));
    const steady = calibrationOf([MISS]);
    const [phase] = steady.phases;
    const moved = {
      ...steady,
      phases: [{ ...phase, series: [{ call: 'miss', touch: 1, failed: 0, microseconds: moving }] }],
    } as Calibration;
    const width = (calibration: Calibration) => {
      const profile = fitProfile([calibration]);
      if (!profile.ok) throw new Error(profile.failure.message);
      const { low, high } = profile.value.server.roundTripMicroseconds;
      return high / low;
    };
    expect(width(steady)).toBeLessThan(1.02);
    expect(width(moved)).toBeGreaterThan(1.3);
  });

  test('what the client counted in the long run lies in the range', () => {
    const calibration: Calibration = {
      ...calibrationOf([MISS]),
      counters: { from: 'mountstats', operations: [{ operation: 'LOOKUP', count: 1e6, roundTripMicroseconds: 900 }] },
    };
    const profile = fitProfile([calibration]);
    if (!profile.ok) throw new Error(profile.failure.message);
    const { roundTripMicroseconds: trip, metadataServiceMicroseconds: service } = profile.value.server;
    expect(trip.high + service.lookup.high).toBeGreaterThanOrEqual(899);
    expect(trip.low + service.lookup.low).toBeLessThan(400);
  });

  test('a large read tells bytes a second where its requests do not explain it', () => {
    const { server } = fitted([
      { call: 'read', touch: 1, takes: 300, bytes: 4096 },
      { call: 'read-large', touch: 1, takes: 100_000, bytes: 4_194_304 },
    ]);
    expect(server.dataBytesPerSecondPerSlot).toMatchObject({ confidence: 'measured' });
    expect(server.dataBytesPerSecondPerSlot.likely).toBeCloseTo(46e6, -6);
  });
});

describe('a node whose processors are busy', () => {
  const crowd = (processes: number, takes: number, busy: number) => ({
    ...{ processes, nodes: 1, seconds: 1, busy },
    series: [{ call: 'miss' as const, touch: 1, failed: 0, microseconds: around(takes) }],
  });
  const loaded = (takes: number) => {
    const calm = calibrationOf([{ ...MISS, takes }]);
    const phases = [...calm.phases, crowd(1, takes, 0.3), crowd(4, takes, 0.95), crowd(16, 4 * takes, 1)];
    const profile = fitProfile([{ ...calm, processors: 2, phases }]);
    if (!profile.ok) throw new Error(profile.failure.message);
    return profile.value;
  };

  test('may be what was full, where it made many calls: then nothing is said of slots', () => {
    const { server, calibration } = loaded(100);
    expect(server.metadataSlots.confidence).toBe('assumed');
    expect(calibration?.notes.join()).toContain('2 of 2 stretches under load are left out');
  });

  test('is not what was full, where it made few', () => {
    const { server, calibration } = loaded(4000);
    expect(server.metadataSlots).toMatchObject({ confidence: 'measured' });
    expect(calibration?.notes.join()).not.toContain('left out');
  });
});

test('a local mount is measured, and its cost does not grow with nodes', () => {
  const local = calibrationOf(
    [
      { call: 'miss', touch: 1, takes: 2 },
      { call: 'miss', touch: 2, takes: 2 },
    ],
    { type: 'tmpfs', class: 'tmpfs' },
  );
  const profile = fitProfile([local]);
  expect(profile).toMatchObject({
    ok: true,
    value: { shared: false, title: expect.stringContaining('cost does not grow with nodes') },
  });
});

describe('is refused, with a way out:', () => {
  const refusal = (...calibrations: Calibration[]) => {
    const profile = fitProfile(calibrations);
    return profile.ok ? 'accepted' : `${profile.failure.code} ${profile.failure.hint}`;
  };

  test('nothing at all', () => expect(refusal()).toContain('calibrate/nothing'));

  test('two mounts as one', () =>
    expect(refusal(calibrationOf([MISS]), calibrationOf([MISS], { type: 'lustre' }))).toContain('calibrate/mixed'));

  test('a handful of calls', () => {
    const few = calibrationOf([MISS]);
    const series = [{ call: 'miss' as const, touch: 1, failed: 0, microseconds: [400, 400] }];
    expect(refusal({ ...few, phases: [{ processes: 1, nodes: 1, throttle: 50, seconds: 1, series }] })).toContain(
      'calibrate/too-few',
    );
  });

  test('first touches of a shared mount that the kernel answers', () =>
    expect(refusal(calibrationOf([{ ...MISS, takes: 4 }]))).toContain('--like local'));

  test('a second half that is nothing like the first', () => {
    const calm = calibrationOf([MISS]);
    const microseconds = [...around(400), ...around(4000)];
    const series = [{ call: 'miss' as const, touch: 1, failed: 0, microseconds }];
    expect(refusal({ ...calm, phases: [{ processes: 1, nodes: 1, throttle: 50, seconds: 30, series }] })).toContain(
      'calibrate/does-not-fit',
    );
  });

  test('a crowd that is served faster than one', () => {
    const calm = calibrationOf([MISS]);
    const crowd = (processes: number, takes: number) => ({
      ...{ processes, nodes: 1, seconds: 1 },
      series: [{ call: 'miss' as const, touch: 1, failed: 0, microseconds: around(takes) }],
    });
    const phases = [...calm.phases, crowd(1, 400), crowd(2, 5000), crowd(4, 40), crowd(8, 5000), crowd(16, 40)];
    expect(refusal({ ...calm, phases })).toContain('calibrate/does-not-fit');
  });

  test('a file without its date', () =>
    expect(refusal({ ...calibrationOf([MISS]), date: 'today' })).toContain('calibrate/no-date'));
});
