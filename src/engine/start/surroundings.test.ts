import { expect, test } from 'vitest';
import type { Artifacts } from '#schema';
import { listPhases } from './surroundings.ts';

function runOf(seconds: Partial<Artifacts['run']['observed'][number]>): Artifacts['run'] {
  return {
    script: 'job.py',
    form: 'script',
    outcome: { kind: 'exited', status: 0 },
    launcher: 'none',
    nodes: 1,
    ranks: 1,
    observed: [{ rank: 0, node: 0, endsAt: 'last-import', ...seconds }],
    truncated: false,
    missing: [],
    removed: {},
  };
}

test('the phases add up to the start: what the script did between its imports is one of them', () => {
  const phases = listPhases(
    runOf({ interpreterSeconds: 0.25, siteSeconds: 0.25, importsSeconds: 0.5, startSeconds: 2 }),
  );
  expect(phases.map(({ name, seconds }) => [name, seconds])).toEqual([
    ['interpreter', 0.25],
    ['site', 0.25],
    ['imports', 0.5],
    ['script', 1],
  ]);
});

test('a start that is all imports has no such phase, nor one whose parts are not known', () => {
  const whole = runOf({ interpreterSeconds: 0.25, siteSeconds: 0, importsSeconds: 0.745, startSeconds: 1 });
  expect(listPhases(whole).map(({ name }) => name)).not.toContain('script');
  expect(listPhases(runOf({ importsSeconds: 1, startSeconds: 5 })).map(({ name }) => name)).toEqual(['imports']);
});
