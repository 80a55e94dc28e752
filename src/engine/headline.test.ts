import { expect, test } from 'vitest';
import type { Artifacts } from '#schema';
import { writeHeadline } from './headline.ts';

function sayHere(beforeExecSeconds: number): string | undefined {
  const run: Artifacts['run'] = {
    script: 'job.sh',
    form: 'shell',
    outcome: { kind: 'exited', status: 3 },
    launcher: 'none',
    nodes: 1,
    ranks: 1,
    observed: [{ rank: 0, node: 0, beforeExecSeconds, startSeconds: 0.5, endsAt: 'last-import' }],
    truncated: false,
    missing: [],
    removed: {},
  };
  const target: Artifacts['target'] = {
    nodes: 64,
    ranksPerNode: 8,
    basis: 'default',
    profile: 'lustre',
    calibrated: false,
    applies: 'as-if',
    sharedMounts: [],
    sharedPrefixes: [],
  };
  return writeHeadline({
    artifacts: { run },
    target,
    atScale: undefined,
    requestsPerNode: undefined,
    asked: [],
    remedies: [],
  }).sentences[0];
}

test('time before the interpreter is told beside the start, which does not hold it', () => {
  expect(sayHere(2)).toBe(
    'Starting job.sh took 0.5 s here (measured), after 2 s before Python began; it exited with status 3.',
  );
});

test('next to no time before the interpreter is not worth a word', () => {
  expect(sayHere(0.02)).toBe('Starting job.sh took 0.5 s here (measured); it exited with status 3.');
});
