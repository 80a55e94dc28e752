import { expect, test } from 'vitest';
import { attempt } from './attempt.ts';
import { pick } from './gathered.ts';

test('what a unit throws is a failure that names the unit', () => {
  const thrown = attempt('metadata-storm', () => {
    throw new RangeError('out of range');
  });
  expect(thrown).toMatchObject({
    ok: false,
    failure: { code: 'engine/internal', message: 'internal: metadata-storm failed: out of range' },
  });
});

test('a missing artifact is named with the reason', () => {
  const failures = new Map([['imports' as const, { code: 'gather/none' as const, message: 'no probe ran' }]]);
  expect(pick({ artifacts: {}, failures }, ['imports'])).toMatchObject({
    failure: { message: 'imports is missing: no probe ran' },
  });
});
