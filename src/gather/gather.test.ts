import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { artifacts, OPERATIONS, type Recording } from '#schema';
import { recordingDraft } from '../../test/recordings/recording-draft.ts';
import { gatherers, stepGatherers } from './index.ts';

test('every folder is in the list, under the name of what it makes', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const makers = [...gatherers, ...stepGatherers];
  expect(makers.map(({ makes }) => makes).toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
});

const time = fc.nat(2000);
const name = fc.constantFrom(
  'lib',
  'site-packages',
  'numpy',
  '__init__.py',
  '__pycache__',
  'numpy.cpython-311.pyc',
  'numpy.cpython-311-x86_64-linux-gnu.so',
  'libm.so.6',
  'a.dist-info',
  'x.pth',
  'proc',
);
const path = fc.array(name, { maxLength: 4 }).map((names) => `/${names.join('/')}`);
const image = fc.record({
  source: fc.constantFrom('probe' as const, 'trace' as const, 'replay' as const),
  role: fc.constantFrom('before' as const, 'job' as const, 'child' as const, 'other' as const),
  begin: time,
  parent: fc.nat(),
  main: fc.option(time),
  end: fc.option(time),
});
const span = fc.record({
  process: fc.nat(),
  module: fc.constantFrom('numpy', 'numpy.core', 'csv', ''),
  parent: fc.nat(),
  level: fc.constantFrom('site' as const, 'main' as const, 'nested' as const, 'late' as const),
  begin: time,
  end: fc.option(time),
  outcome: fc.constantFrom('loaded' as const, 'missing' as const, 'failed' as const),
  loader: fc.constantFrom('source' as const, 'extension' as const, 'namespace' as const, 'builtin' as const),
  origin: path,
});
const operation = fc.record({
  process: fc.nat(),
  importId: fc.nat(),
  operation: fc.constantFrom(...OPERATIONS),
  path,
  error: fc.constantFrom('', 'ENOENT'),
  t: time,
});

/** Whatever a reader lets through: processes without phases, imports that end before they begin, replays without jobs. */
const recordings: fc.Arbitrary<Recording> = fc
  .record({
    images: fc.array(image, { maxLength: 5 }),
    spans: fc.array(span, { maxLength: 12 }),
    operations: fc.array(operation, { maxLength: 40 }),
    replayed: fc.boolean(),
    truncated: fc.boolean(),
  })
  .map(({ images, spans, operations, replayed, truncated }) => {
    const draft = recordingDraft();
    for (const [index, { main, end, parent, ...rest }] of images.entries()) {
      const ended = end === null ? {} : { end };
      draft.process({ ...rest, ...ended, parent: parent % (index + 1) }, main === null ? {} : { main });
    }
    const counts = new Map<number, number>();
    const inProcess = (number: number) => 1 + (number % images.length);
    for (const { process, parent, ...rest } of images.length > 0 ? spans : []) {
      const id = inProcess(process);
      const before = counts.get(id) ?? 0;
      counts.set(id, draft.import(id, rest.module, { ...rest, parent: parent % (before + 1) }));
    }
    for (const { process, importId, operation, path, error, t } of images.length > 0 ? operations : []) {
      const id = inProcess(process);
      draft.at(t);
      draft.operation(id, importId % ((counts.get(id) ?? 0) + 1), operation, path, error);
    }
    if (replayed) draft.fact('replay', { done: true });
    return draft.recording(truncated);
  });

describe.for(gatherers)('$makes', ({ makes, gather }) => {
  test('is as its schema says, or says why it is not there, for any recordings', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(recordings, recordings, (first, second) => {
        const made = gather([first, second]);
        if (made.ok) expect(artifacts[makes].safeParse(made.value).error).toBeUndefined();
        else expect(made.failure.code).toBe('gather/no-python');
      }),
      { numRuns: 100 },
    );
  });
});

test('no operation of the first rank is counted twice', { timeout: 60_000 }, () => {
  const accesses = gatherers.find(({ makes }) => makes === 'accesses');
  fc.assert(
    fc.property(recordings, (recording) => {
      const made = accesses?.gather([recording]);
      if (!made?.ok || !('accesses' in made.value)) return;
      const counted = made.value.accesses.reduce((sum, { count }) => sum + count, 0);
      expect(counted).toBeLessThanOrEqual(recording.operations.length);
    }),
  );
});
