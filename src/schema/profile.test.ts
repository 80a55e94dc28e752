import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readProfile } from './profile.ts';

const good = readFileSync(join(import.meta.dirname, '../../knowledge/filesystems/lustre.json'), 'utf8');

/** The good profile with one value replaced, at a path such as `server.metadataSlots.low`. */
function changed(path: string, value: unknown): string {
  const json = JSON.parse(good);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let at = json;
  for (const key of keys) at = at[key];
  at[last] = value;
  return JSON.stringify(json);
}

test('a good profile is read', () => {
  expect(readProfile(good)).toMatchObject({ ok: true, value: { id: 'lustre' } });
});

describe.for<[string, string, unknown]>([
  ['a negative time', 'server.roundTripMicroseconds.low', -1],
  ['no slots', 'server.metadataSlots.low', 0],
  ['not a number (JSON writes NaN as null)', 'server.dataSlots.likely', null],
  ['beyond every bound', 'server.dataSlots.high', 1e13],
  ['too large', 'server.inFlightPerNode.high', 1e300],
  ['text for a number', 'server.dataSlots.likely', '16'],
  ['out of order', 'server.roundTripMicroseconds.high', 1],
  ['an unknown key', 'server.speed', 3],
  ['an unknown answer', 'cache.closes', { value: 'sometimes', source: 'x', date: '2026', confidence: 'assumed' }],
  ['no source', 'cache.missing', { value: 0, source: '', date: '2026', confidence: 'assumed' }],
  ['another kind', 'kind', 'pharos-report'],
  ['an older version', 'version', 1],
  ['a newer version', 'version', 3],
  ['more slots than any server has', 'server.metadataSlots.high', 1e9],
  ['a server that others fill', 'server.otherLoad.metadataShare.high', 1],
  ['no date', 'cache.missing', { value: 0, source: 'x', confidence: 'assumed' }],
  ['no year', 'cache.missing', { value: 0, source: 'x', date: 'today', confidence: 'assumed' }],
  ['an id that is a path', 'id', '../lustre'],
])('%s', ([, path, value]) => {
  test('is refused, and the place is named', () => {
    const result = readProfile(changed(path, value));
    expect(result).toMatchObject({ ok: false, failure: { code: 'schema/not-a-profile' } });
    if (!result.ok) expect(result.failure.message).toContain(path.split('.')[0]);
  });
});

test.for(['', '{', '[]', 'null', '7', ' '.repeat(1_000_001)])('text that is no profile is refused', (text) => {
  expect(readProfile(text)).toMatchObject({ ok: false, failure: { hint: expect.stringMatching(/\.$/) } });
});
