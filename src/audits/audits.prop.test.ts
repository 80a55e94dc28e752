import fc from 'fast-check';
import { describe, test } from 'vitest';
import { type Artifacts, Cause, Verdict } from '#schema';
import { startAudits } from './index.ts';

// Artifacts of a start come from recordings, and those from anywhere: an audit answers whatever they hold.

const index = fc.nat(12);
const name = fc.oneof(
  fc.constantFrom(
    '',
    'site-packages',
    'a.py',
    'a.cpython-311.pyc',
    'x.pth',
    'liba.so.1',
    'glibc-hwcaps',
    'b.dist-info',
  ),
  fc.string({ maxLength: 8 }),
);
const module = fc.constantFrom(
  '',
  '.',
  'a',
  'a.b',
  'a.tests',
  'unittest',
  'numba',
  'matplotlib.font_manager',
  '__main__',
);
const seconds = fc.double({ min: 0, max: 1e4, noNaN: true });
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const text = fc.constantFrom('/', '/a', '/a/site-packages', '~/x', 'a', '', '/a/x.so');

const access = fc.record({
  path: index,
  import: index,
  phase: fc.constantFrom('before-exec', 'start', 'after-start'),
  cause: fc.constantFrom(...Cause.options),
  operation: fc.constantFrom('stat', 'open', 'read', 'map', 'opendir', 'create', 'write', 'lock', 'exec', 'odd'),
  error: fc.constantFrom('', 'ENOENT', 'EACCES'),
  count: fc.nat(1e6),
  bytes: fc.nat(1e9),
});

const importNode = fc.record(
  {
    id: index,
    parent: index,
    module,
    level: fc.constantFrom('site', 'main', 'nested', 'late'),
    outcome: fc.constantFrom('loaded', 'missing', 'failed', 'cut-short'),
    loader: fc.constantFrom('source', 'extension'),
    origin: text,
    selfSeconds: seconds,
    totalSeconds: seconds,
    inStart: fc.boolean(),
  },
  { requiredKeys: ['id', 'module', 'level', 'outcome', 'selfSeconds', 'totalSeconds', 'inStart'] },
);

const artifacts = fc
  .record({
    accesses: fc.array(access, { maxLength: 60 }),
    paths: fc.array(fc.record({ parent: index, name, mount: fc.nat(3), removed: optional(fc.boolean()) }), {
      maxLength: 12,
    }),
    nodes: fc.array(importNode, { maxLength: 12 }),
    unused: optional(fc.array(module)),
    coverage: fc.constantFrom('complete', 'python-only'),
    source: fc.constantFrom('probe', 'trace', 'replay'),
    applies: fc.constantFrom('observed', 'as-if'),
    nodesAsked: fc.integer({ min: 1, max: 1e5 }),
    prefixes: fc.array(text, { maxLength: 3 }),
    entries: fc.array(
      fc.record({ path: text, origin: fc.constantFrom('pythonpath', 'script', 'site', 'pth', 'user') }),
    ),
    startSeconds: optional(seconds),
    before: optional(seconds),
    kinds: fc.array(
      fc.record({ kind: fc.constantFrom('spawn', 'connect', 'write', 'lock', 'jit'), module, path: optional(text) }),
    ),
  })
  .map((any): Artifacts => {
    const made = {
      run: {
        ...{ script: '', form: '', launcher: '', nodes: 0, ranks: 0, truncated: true, missing: [], removed: {} },
        outcome: { kind: 'unknown', because: '' },
        observed: [
          { rank: 0, node: 0, startSeconds: any.startSeconds, beforeExecSeconds: any.before, endsAt: 'cut-short' },
        ],
      },
      python: {
        ...{ version: '', implementation: '', executable: '', prefix: '', basePrefix: '/a', stdlib: '/a' },
        ...{ flags: {}, importHooks: [], environment: {}, distributions: [] },
        pathEntries: any.entries,
        searchPaths: { LD_LIBRARY_PATH: any.prefixes, PYTHONPATH: any.prefixes },
        userSite: { enabled: true, path: '/a' },
      },
      storage: { mounts: [1, 2].map((id) => ({ id, point: `/${id}`, type: 'x', class: 'nfs', sharing: 'unknown' })) },
      imports: { nodes: any.nodes, unused: any.unused },
      accesses: { coverage: any.coverage, source: any.source, paths: any.paths, accesses: any.accesses },
      libraries: { libraries: any.prefixes.map((path) => ({ path, mount: 1, needed: [], fileBytes: 1e9 })) },
      activities: { activities: any.kinds.map((one) => ({ ...one, inStart: true, count: 1, mount: 1 })) },
      ranks: { compared: 0, differences: [], startSeconds: [] },
      target: {
        ...{ nodes: any.nodesAsked, ranksPerNode: 7, basis: 'asked', profile: 'lustre', calibrated: false },
        ...{ applies: any.applies, sharedMounts: [1], sharedPrefixes: any.prefixes },
      },
    };
    return made as unknown as Artifacts;
  });

describe.for([...startAudits])('$id', (audit) => {
  test('answers whatever the artifacts hold', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(artifacts, (any) => Verdict.safeParse(audit.answer(any)).success),
      { numRuns: 60 },
    );
  });
});
