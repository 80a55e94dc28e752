import { expect, test } from 'vitest';
import type { World } from '#schema';
import { stepRecordings } from '../../../test/recordings/step-draft.ts';
import type { StepPlan } from '../../../test/recordings/step-plan.ts';
import { world } from './world.ts';

function worldOf(options: Partial<StepPlan>): World {
  const made = world.gather(stepRecordings(options));
  if (!made.ok) throw new Error(made.failure.message);
  return made.value;
}

test('ranks that are each rank 0 of 1 are told so', () => {
  const { mpi, rows } = worldOf({ rank: () => ({ mpi: { state: 'initialized', rank: 0, size: 1 } }) });
  expect(mpi).toMatchObject([{ ranks: [0, 1, 2, 3, 4, 5, 6, 7], value: { state: 'initialized', size: 1 } }]);
  expect(rows.at(-1)).toEqual({ rank: 7, node: 1, mpiRank: 0, mpiSize: 1 });
});

test('a rank that was only seen from outside is not said to be without MPI', () => {
  const { mpi } = worldOf({
    rank: (rank) => ({ mpi: undefined, mpiLibrary: undefined, seen: rank === 3 ? 'outside' : 'inside' }),
  });
  expect(mpi).toEqual([{ ranks: [0, 1, 2, 4, 5, 6, 7], value: { state: 'absent' } }]);
});

test('what the launcher says of sizes is told once for all ranks', () => {
  expect(worldOf({}).launched).toEqual([
    {
      ranks: [0, 1, 2, 3, 4, 5, 6, 7],
      value: {
        startedBy: ['slurmstepd'],
        offers: ['pmix'],
        slurmMpi: 'pmix',
        pmixVersion: '4.2.9',
        claims: [{ launcher: 'slurm', size: 8 }, { launcher: 'pmix' }],
      },
    },
  ]);
});
