import { expect, test } from 'vitest';
import type { Artifacts } from '#schema';
import { writeHeadline } from './headline.ts';

function sayHere(beforeExecSeconds: number, imports?: Artifacts['imports']): string | undefined {
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
    artifacts: imports ? { run, imports } : { run },
    target,
    atScale: undefined,
    requestsPerNode: undefined,
    asked: [],
    remedies: [],
  }).sentences[0];
}

test('time before the interpreter is told beside the start, which does not hold it', () => {
  expect(sayHere(2)).toBe(
    'Starting job.sh took 500 ms here (measured), after 2 s before Python began; it exited with status 3.',
  );
});

test('next to no time before the interpreter is not worth a word', () => {
  expect(sayHere(0.02)).toBe('Starting job.sh took 500 ms here (measured); it exited with status 3.');
});

test('imports that functions ask for later are told, for they are not counted', () => {
  const node = { module: 'sympy', level: 'late', outcome: 'loaded', selfSeconds: 0.1, inStart: false } as const;
  const nodes = [
    { ...node, id: 1, totalSeconds: 0.2 },
    { ...node, id: 2, parent: 1, totalSeconds: 0.1 },
  ];
  expect(sayHere(0, { nodes })).toBe(
    'Starting job.sh took 500 ms here (measured); it exited with status 3. Its functions import more after the start, in 200 ms, which is not counted here.',
  );
  expect(sayHere(0, { nodes: nodes.map((late) => ({ ...late, inStart: true })) })).not.toContain('after the start');
});
