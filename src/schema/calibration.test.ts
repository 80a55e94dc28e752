import { describe, expect, test } from 'vitest';
import { type Calibration, readCalibration, TIMED_CALLS } from './calibration.ts';

const good: Calibration = {
  kind: 'pharos-calibration',
  version: 1,
  by: '0.1.0',
  date: '2026-11-22',
  mount: { type: 'nfs4', class: 'nfs', options: ['acregmin=3'] },
  overheadMicroseconds: 1.5,
  phases: [
    {
      processes: 1,
      nodes: 1,
      throttle: 50,
      seconds: 4,
      series: TIMED_CALLS.map((call) => ({ call, touch: 1, microseconds: [200, 210], failed: 0 })),
    },
  ],
  notes: [],
};

test('what the collector writes is read', () => {
  expect(readCalibration(JSON.stringify(good))).toEqual({ ok: true, value: good });
});

describe.for<[string, unknown]>([
  ['a time before the call', { ...good, overheadMicroseconds: -1 }],
  ['not a number', { ...good, overheadMicroseconds: null }],
  ['another version', { ...good, version: 2 }],
  ['an unknown call', { ...good, phases: [{ ...good.phases[0], series: [{ call: 'format' }] }] }],
  ['another file', { kind: 'pharos-report' }],
])('%s', ([, json]) => {
  test('is refused, and the place is named', () => {
    const result = readCalibration(JSON.stringify(json));
    expect(result).toMatchObject({ ok: false, failure: { message: expect.stringContaining('wrong at') } });
  });
});

test.for(['', '{', 'null', '7', ' '.repeat(20_000_001)])('text that is no calibration is refused', (text) => {
  expect(readCalibration(text)).toMatchObject({ ok: false, failure: { hint: expect.stringMatching(/\.$/) } });
});
