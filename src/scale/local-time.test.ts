import { expect, test } from 'vitest';
import type { Artifacts } from '#schema';
import { localTime, observedTime } from './local-time.ts';

const run = (...observed: Partial<Artifacts['run']['observed'][number]>[]): Artifacts['run'] => ({
  ...{ script: 'job.py', form: 'python', outcome: { kind: 'exited', status: 0 }, launcher: 'none', nodes: 1, ranks: 1 },
  ...{ truncated: false, missing: [], removed: {} },
  observed: observed.map((rank, index) => ({ rank: index, node: 0, endsAt: 'last-import', ...rank })),
});
const imports = (...seconds: number[]): Artifacts['imports'] => ({
  nodes: seconds.map((totalSeconds, id) => ({
    ...{ id, module: 'm', level: 'main', outcome: 'loaded', selfSeconds: 0, totalSeconds, inStart: true },
  })),
});

test('several ranks give a range', () => {
  const ranks = run({ startSeconds: 3 }, { startSeconds: 1 }, { startSeconds: 2 });
  expect(observedTime({ run: ranks, imports: imports() })).toMatchObject({ low: 1, likely: 2, high: 3 });
});

test('what happens before the interpreter begins counts', () => {
  const ranks = run({ startSeconds: 1, beforeExecSeconds: 0.5 });
  expect(observedTime({ run: ranks, imports: imports() }).likely).toBe(1.5);
});

test('phases, when the whole is not known; else imports; else nothing', () => {
  const parts = run({ interpreterSeconds: 0.1, siteSeconds: 0.2, importsSeconds: 0.7 });
  expect(observedTime({ run: parts, imports: imports(9) }).likely).toBeCloseTo(1);
  expect(observedTime({ run: run({}), imports: imports(0.25, 0.5) }).likely).toBe(0.75);
  expect(observedTime({ run: run(), imports: imports() }).likely).toBe(0);
});

test('waiting is between all and none of what storage would take', () => {
  const waited = { low: 1, likely: 2, high: 100 };
  expect(localTime({ low: 4, likely: 4, high: 4 }, waited)).toEqual({ low: 0, likely: 3, high: 4 });
  expect(localTime({ low: 4, likely: 4, high: 4 }, { low: 0, likely: 0, high: 0 }).low).toBe(4);
});
