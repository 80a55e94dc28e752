import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Access, Artifacts } from '#schema';
import { type StartArtifacts, startModel } from './start-model.ts';

function realCase(name: string): { served: Record<string, number>; accesses: Artifacts['accesses'] } {
  return JSON.parse(readFileSync(join(import.meta.dirname, 'cases', `${name}.json`), 'utf8'));
}

const target = (changes: Partial<Artifacts['target']> = {}): Artifacts['target'] => ({
  ...{ nodes: 8, ranksPerNode: 1, basis: 'asked', profile: 'slowfs', calibrated: false, applies: 'observed' },
  ...{ sharedMounts: [1], sharedPrefixes: [] },
  ...changes,
});

const run = (startSeconds: number): Artifacts['run'] => ({
  ...{ script: 'job.py', form: 'python', outcome: { kind: 'exited', status: 0 }, launcher: 'none', nodes: 1, ranks: 1 },
  ...{
    observed: [{ rank: 0, node: 0, endsAt: 'last-import', startSeconds }],
    truncated: false,
    missing: [],
    removed: {},
  },
});

const artifacts = (accesses: Artifacts['accesses'], changes: Partial<Artifacts['target']> = {}): StartArtifacts => ({
  ...{ accesses, storage: { mounts: [] }, target: target(changes), run: run(0.5), imports: { nodes: [] } },
});

describe.for(['import-json', 'import-numpy'])('the requests that slowfs served for %s', (name) => {
  const { served, accesses } = realCase(name);
  const requests = startModel(artifacts(accesses)).requests();

  test.for<[keyof typeof requests, string, number]>([
    ['lookups', 'lookup', 0.01],
    ['misses', 'lookup_enoent', 0.01],
    ['opens', 'open', 0.01],
    ['readdirs', 'readdir', 0.01],
    ['reads', 'read', 0.1],
  ])('%s', ([kind, counter, within]) => {
    const truth = served[counter] ?? Number.NaN;
    expect(Math.abs(requests[kind] - truth)).toBeLessThanOrEqual(within * truth);
  });

  test('all metadata within 5 percent', () => {
    const counters = ['lookup', 'lookup_enoent', 'getattr', 'open', 'readdir', 'readlink'];
    const truth = counters.reduce((all, counter) => all + (served[counter] ?? Number.NaN), 0);
    expect(Math.abs(requests.metadata - truth) / truth).toBeLessThan(0.05);
  });
});

const numpy = realCase('import-numpy').accesses;

test('what is not on shared storage asks nothing', () => {
  const model = startModel(artifacts(numpy, { sharedMounts: [] }));
  expect(model.requests()).toMatchObject({ metadata: 0, reads: 0, bytes: 0 });
  expect(model.seconds(1000)).toEqual({ low: 0.5, likely: 0.5, high: 0.5 });
});

test('on node-local storage nothing leaves the node', () => {
  expect(startModel(artifacts(numpy, { profile: 'local' })).requests().metadata).toBe(0);
});

test('as if: a prefix counts as shared though its mount does not', () => {
  const onMount = startModel(artifacts(numpy)).requests();
  const asIf = startModel(
    artifacts(numpy, { sharedMounts: [], sharedPrefixes: ['/shared'], applies: 'as-if' }),
  ).requests();
  expect(asIf.opens).toBe(onMount.opens);
  // The folder of the prefix itself is looked up, the root of a mount is not.
  expect(asIf.lookups).toBe(onMount.lookups + 1);
});

test('ranks of a node share what it caches, and nothing else', () => {
  const one = startModel(artifacts(numpy)).requests();
  const four = startModel(artifacts(numpy, { ranksPerNode: 4 })).requests();
  expect(four.lookups).toBe(one.lookups);
  expect(four.misses).toBe(4 * one.misses);
  expect(four.opens).toBe(4 * one.opens);
});

test('a file system that calls caches back is asked once for a missing name', () => {
  const one = startModel(artifacts(numpy, { profile: 'lustre' })).requests();
  const many = startModel(artifacts(numpy, { profile: 'lustre', ranksPerNode: 64 })).requests();
  expect(many.misses).toBe(one.misses);
  expect(many.reads).toBe(one.reads);
  expect(many.opens).toBeGreaterThan(one.opens);
});

test('accesses after the start are no part of it', () => {
  const later: Access[] = numpy.accesses.map((access) => ({ ...access, phase: 'after-start' }));
  expect(startModel(artifacts({ ...numpy, accesses: later })).requests().metadata).toBe(0);
});

test('an unknown profile is our mistake', () => {
  expect(() => startModel(artifacts(numpy, { profile: 'nothing' }))).toThrow('nothing');
});

test('local time: all of the wall time when the run was local, a range when it was on shared storage', () => {
  const asIf = startModel(artifacts(numpy, { sharedMounts: [], sharedPrefixes: ['/shared'], applies: 'as-if' }));
  expect(asIf.localSeconds).toMatchObject({ low: 0.5, likely: 0.5, high: 0.5 });
  const { low, likely, high } = startModel(artifacts(numpy)).localSeconds;
  expect(low).toBeLessThan(likely);
  expect(likely).toBeLessThan(high);
  expect(high).toBe(0.5);
});

test('a saving is the difference of the two starts', () => {
  const model = startModel(artifacts(numpy, { profile: 'nfs', nodes: 64, ranksPerNode: 16 }));
  const without = ({ error }: Access) => error !== '';
  const saved = model.saving(without);
  expect(saved.value).toBeCloseTo(model.seconds(64).likely - model.seconds(64, without).likely, 6);
  expect(saved).toMatchObject({ unit: 'seconds', per: 'start', basis: 'modelled' });
  expect(saved.low).toBeLessThanOrEqual(saved.value);
  expect(saved.value).toBeLessThanOrEqual(saved.high);
});

test('local time that a cure takes away is saved by all ranks at once', () => {
  const model = startModel(artifacts(numpy, { sharedMounts: [], profile: 'lustre', nodes: 64 }));
  expect(model.saving(() => false, 0.2).value).toBeCloseTo(0.2, 9);
});
