import { expect, test } from 'vitest';
import { pharos } from '../pharos.ts';
import { analysis, healthy, healthyNames } from './environments.ts';

// Environments as people install them, with nothing wrong: no error and no warning. A note is none.

const places = [...healthyNames.map((name) => [name, () => healthy(name)] as const), ['analysis', analysis] as const];

test.for(places)('%s gets no warning', ([, place]) => {
  const { status, stdout, stderr } = pharos(['env', place(), '--fail-on', 'warning']);
  expect(stderr).toBe('');
  expect(stdout).toMatch(/Nothing was found wrong(\.|; there are notes\.)/);
  expect(status).toBe(0);
});
