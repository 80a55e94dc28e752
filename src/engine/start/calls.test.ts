import { expect, test } from 'vitest';
import type { StartModel, Without } from '#scale';
import type { Access, Accesses, Cause } from '#schema';
import { listCauses } from './calls.ts';

const access = (cause: Cause, count: number, more: Partial<Access> = {}): Access => ({
  path: 1,
  import: 1,
  phase: 'start',
  cause,
  operation: 'stat',
  error: '',
  count,
  bytes: 0,
  ...more,
});
const of = (...list: Access[]) => ({ accesses: list }) as unknown as Accesses;

/** Each cause that stays asks for ten things. */
const model = (causes: readonly Cause[]) =>
  ({
    requests: (without: Without = () => false) => ({
      metadata: causes.filter((cause) => !without(access(cause, 1))).length * 10,
    }),
  }) as unknown as StartModel;

test('calls of the start are added up by cause, the most frequent first, failures and bytes apart', () => {
  const accesses = of(
    access('source-stat', 2),
    access('bytecode-read', 3, { bytes: 100 }),
    access('bytecode-read', 4, { error: 'ENOENT' }),
    access('other', 99, { phase: 'after-start' }),
  );
  expect(listCauses(accesses, undefined)).toEqual([
    { cause: 'bytecode-read', calls: 7, failed: 4, bytes: 100 },
    { cause: 'source-stat', calls: 2, failed: 0, bytes: 0 },
  ]);
});

test('requests of a cause are those that would not be made without it', () => {
  const accesses = of(access('source-stat', 2), access('bytecode-read', 3));
  const rows = listCauses(accesses, model(['source-stat', 'other']));
  expect(rows.map(({ cause, requests }) => [cause, requests])).toEqual([
    ['bytecode-read', 0],
    ['source-stat', 10],
  ]);
});
