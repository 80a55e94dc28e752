import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { artifacts, type Recording } from '#schema';
import { stepRecordings } from '../../test/recordings/step-draft.ts';
import type { NodePlan, RankPlan } from '../../test/recordings/step-plan.ts';
import { stepGatherers } from './index.ts';

const text = fc.oneof(fc.constantFrom('toString', '__proto__', '\u001b[31m', '<script>', '0-3'), fc.string());
const cpus = fc.constantFrom(undefined, '', '0', '0-15', '3-1', '999999', '0-999999');
const count = fc.oneof(fc.nat(20), fc.constant(Number.MAX_SAFE_INTEGER));

const affinity = fc
  .record({ atStart: cpus, afterImports: cpus })
  .map((masks) => Object.fromEntries(Object.entries(masks).filter(([, mask]) => mask !== undefined)));

const rankPlan: fc.Arbitrary<Partial<RankPlan> | 'silent'> = fc.oneof(
  { arbitrary: fc.constant({}), weight: 3 },
  fc.constant('silent' as const),
  fc.record(
    {
      seen: fc.constantFrom('inside' as const, 'outside' as const, 'nothing' as const),
      because: text,
      affinity,
      threads: count,
      mpi: fc.constantFrom(undefined, { state: 'loaded' as const }, { state: 'finalized' as const, rank: 7, size: 1 }),
      mpiLibrary: fc.constantFrom(undefined, { family: 'unknown' as const }),
      launcher: fc.constant(undefined),
      limits: fc.constantFrom(undefined, { processes: null }),
      cgroup: count.map((pidsNow) => ({ version: 'v1' as const, pidsNow })),
      distributions: fc.array(fc.record({ name: text, version: text }), { maxLength: 3 }),
      environment: fc.record({
        values: fc.dictionary(text, text),
        searchPaths: fc.constant({}),
      }),
      seconds: fc.record({ imports: fc.constantFrom(0, 1e300) }),
    },
    { requiredKeys: [] },
  ),
);
const nodePlan: fc.Arbitrary<Partial<NodePlan>> = fc.record(
  {
    name: text,
    truncated: fc.boolean(),
    topology: fc.constant(undefined),
    removed: fc.dictionary(text, count),
    mounts: fc.constant([]),
  },
  { requiredKeys: [] },
);

/** Up to four nodes, any of them absent, with ranks that say anything. */
const steps: fc.Arbitrary<[Recording, ...Recording[]]> = fc
  .record({
    nodes: fc.array(fc.record({ plan: nodePlan, silent: fc.boolean() }), { minLength: 1, maxLength: 4 }),
    ranks: fc.array(rankPlan, { minLength: 1, maxLength: 12 }),
    ranksPerNode: fc.integer({ min: 1, max: 4 }),
    launcher: fc.constantFrom('none' as const, 'slurm' as const),
  })
  .map(({ nodes, ranks, ...step }) =>
    stepRecordings({
      ...step,
      nodes: nodes.length,
      node: (number) => ({ ...nodes[number]?.plan, silent: number > 0 && nodes[number]?.silent === true }),
      rank: (rank) => ranks[rank % ranks.length] ?? {},
    }),
  );

describe.for(stepGatherers)('$makes', ({ makes, gather }) => {
  test('is as its schema says for any recordings of a step', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(steps, (recordings) => {
        const made = gather(recordings);
        expect(made.ok && artifacts[makes].safeParse(made.value).error).toBeUndefined();
      }),
      { numRuns: 60 },
    );
  });
});

/** Every list of groups in every artifact of a step. */
function listGroups(recordings: [Recording, ...Recording[]]): { readonly ranks: readonly number[] }[][] {
  const made = stepGatherers.map(({ gather }) => gather(recordings));
  const lists = made.flatMap((artifact) => (artifact.ok ? Object.values(artifact.value) : []));
  return lists.filter((list) => Array.isArray(list) && list.every((group) => group.ranks && 'value' in group));
}

test('no rank is in two groups, and none that was not heard', { timeout: 60_000 }, () => {
  fc.assert(
    fc.property(steps, (recordings) => {
      const heard = new Set(recordings.flatMap(({ facts }) => facts.rank.map(({ rank }) => rank)));
      for (const groups of listGroups(recordings)) {
        const ranks = groups.flatMap((group) => group.ranks);
        expect(new Set(ranks).size).toBe(ranks.length);
        for (const rank of ranks) expect(heard).toContain(rank);
      }
    }),
    { numRuns: 60 },
  );
});
