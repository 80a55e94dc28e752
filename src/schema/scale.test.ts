import { expect, test } from 'vitest';
import { LIMITS, ScaleTable } from './scale.ts';

test('a table names only limits that are known', () => {
  const seconds = { low: 1, likely: 2, high: 3 };
  const start = (limit: string) => ({ plan: 'as-is', seconds, limit, parts: { [limit]: 2 } });
  const table = (limit: string) => ({
    ...{ kind: 'pharos-scale', version: 1, by: '0.1.0', applies: 'observed', basis: 'modelled' },
    job: { script: 'app.py', launcher: 'none', observedSeconds: seconds },
    profile: {
      ...{ id: 'nfs', title: 'NFS', shared: true, calibrated: false },
      figures: { measured: 0, published: 1, assumed: 2 },
    },
    ...{ ranksPerNode: 4, coresPerNode: 4, jobs: 1 },
    plans: [{ id: 'as-is', title: 'as it is', kind: 'as-is', because: 'what was recorded', known: true }],
    points: [{ nodes: 1, requests: 10, starts: [start(limit)] }],
    ...{ pays: [], timeouts: [], unknowns: [] },
  });
  for (const limit of LIMITS) expect(ScaleTable.safeParse(table(limit)).success).toBe(true);
  expect(ScaleTable.safeParse(table('weather')).success).toBe(false);
});
