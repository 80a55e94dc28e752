import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filesystemProfiles } from '#knowledge';
import type { Access, Accesses } from '#schema';
import { type StartArtifacts, startModel } from './start-model.ts';

const OPERATIONS = [
  ...['stat', 'fstat', 'open', 'opendir', 'readdir', 'read', 'map', 'readlink', 'close', 'write', 'create'],
  ...['rename', 'unlink', 'mkdir', 'lock', 'exec', 'chdir', 'statfs', 'other'],
];
const SIZE = 24;
const index = fc.nat(SIZE - 1);

/** Any tree, sensible or not: parents and links may form circles. */
const paths: fc.Arbitrary<Accesses['paths']> = fc
  .array(fc.record({ parent: index, name: fc.constantFrom('a', 'b', 'c'), mount: fc.nat(1), link: index }), {
    minLength: SIZE - 1,
    maxLength: SIZE - 1,
  })
  .map((nodes) => [
    { parent: 0, name: '', mount: 0 },
    ...nodes.map(({ link, ...node }) => (link % 3 === 0 ? { ...node, link } : node)),
  ]);

const access: fc.Arbitrary<Access> = fc.record({
  path: fc.nat(SIZE + 2),
  import: fc.nat(3),
  phase: fc.constantFrom('before-exec', 'start', 'after-start'),
  cause: fc.constantFrom('other'),
  operation: fc.constantFrom(...OPERATIONS),
  error: fc.constantFrom('', '', 'ENOENT', 'ENOTDIR', 'EACCES'),
  count: fc.integer({ min: 1, max: 50 }),
  bytes: fc.nat(1e7),
});

const job = fc.record({
  paths,
  list: fc.array(access, { maxLength: 40 }),
  profile: fc.constantFrom(...filesystemProfiles.map(({ id }) => id)),
  nodes: fc.integer({ min: 1, max: 5000 }),
  ranksPerNode: fc.integer({ min: 1, max: 128 }),
  wall: fc.double({ min: 0, max: 100, noNaN: true }),
  applies: fc.constantFrom('observed' as const, 'as-if' as const),
});
type Job = typeof job extends fc.Arbitrary<infer Value> ? Value : never;

function artifacts({ paths: tree, list, profile, nodes, ranksPerNode, wall, applies }: Job): StartArtifacts {
  return {
    accesses: { coverage: 'complete', source: 'replay', paths: tree, accesses: list },
    storage: { mounts: [] },
    target: {
      ...{ nodes, ranksPerNode, basis: 'asked', profile, calibrated: false, applies },
      ...{ sharedMounts: [1], sharedPrefixes: ['/a'] },
    },
    run: {
      ...{ script: 'job.py', form: 'python', outcome: { kind: 'exited', status: 0 }, launcher: 'none' },
      ...{ nodes: 1, ranks: 1, truncated: false, missing: [], removed: {} },
      observed: [{ rank: 0, node: 0, endsAt: 'last-import', startSeconds: wall }],
    },
    imports: { nodes: [] },
  };
}

const SLACK = 1e-6;
const notLess = (more: number, less: number) => expect(more).toBeGreaterThanOrEqual(less * (1 - SLACK) - SLACK);
const CORNERS = ['low', 'likely', 'high'] as const;

describe('for any job', () => {
  test('the interval is in order, and finite', () => {
    fc.assert(
      fc.property(job, (any) => {
        const { low, likely, high } = startModel(artifacts(any)).seconds(any.nodes);
        expect(low).toBeLessThanOrEqual(likely);
        expect(likely).toBeLessThanOrEqual(high);
        expect(Number.isFinite(high)).toBe(true);
      }),
    );
  });

  test('however much it does, the numbers stay finite', () => {
    fc.assert(
      fc.property(job, (any) => {
        const most = { count: Number.MAX_SAFE_INTEGER, bytes: Number.MAX_SAFE_INTEGER };
        const list = any.list.map((one) => ({ ...one, ...most }));
        const { low, likely, high } = startModel(artifacts({ ...any, list })).seconds(1_000_000);
        expect([low, likely, high].every(Number.isFinite)).toBe(true);
        expect(low).toBeLessThanOrEqual(likely);
        expect(likely).toBeLessThanOrEqual(high);
      }),
    );
  });

  test('more nodes never take less', () => {
    fc.assert(
      fc.property(job, fc.nat(5000), (any, more) => {
        const model = startModel(artifacts(any));
        for (const corner of CORNERS) {
          notLess(model.seconds(any.nodes + more)[corner], model.seconds(any.nodes)[corner]);
        }
      }),
    );
  });

  test('more ranks on a node never take less', () => {
    fc.assert(
      fc.property(job, fc.nat(128), (any, more) => {
        const few = startModel(artifacts(any)).seconds(any.nodes);
        const many = startModel(artifacts({ ...any, ranksPerNode: any.ranksPerNode + more })).seconds(any.nodes);
        for (const corner of CORNERS) notLess(many[corner], few[corner]);
      }),
    );
  });

  test('what is left out never costs more, and saves what a saving says', () => {
    fc.assert(
      fc.property(job, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (any, choice) => {
        const model = startModel(artifacts(any));
        const without = (one: Access) => choice[any.list.indexOf(one)] ?? false;
        const all = model.seconds(any.nodes);
        const rest = model.seconds(any.nodes, without);
        for (const corner of CORNERS) notLess(all[corner], rest[corner]);
        const saved = model.saving(without);
        expect(saved.low).toBeGreaterThanOrEqual(0);
        expect(saved.value).toBeGreaterThanOrEqual(saved.low);
        expect(saved.high).toBeGreaterThanOrEqual(saved.value);
        // The difference of two medians may lie outside of what is saved in nine of ten worlds: then it is the nearer end.
        const told = Math.min(saved.high, Math.max(saved.low, all.likely - rest.likely));
        expect(Math.abs(saved.value - told)).toBeLessThanOrEqual(SLACK * (1 + all.likely));
      }),
    );
  });

  test('no kind of request grows when something is left out', () => {
    fc.assert(
      fc.property(job, fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }), (any, choice) => {
        const model = startModel(artifacts(any));
        const all = model.requests();
        const rest = model.requests((one) => choice[any.list.indexOf(one)] ?? false);
        notLess(all.metadata, rest.metadata);
        notLess(all.bytes, rest.bytes);
        notLess(all.reads + all.sizes + all.writes, rest.reads + rest.sizes + rest.writes);
      }),
      { numRuns: 300 },
    );
  });
});
