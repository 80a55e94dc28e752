import { expect, test } from 'vitest';
import { intervalOf } from './draws.ts';
import { launchTime, launchTimeouts } from './launchers.ts';

const at = (launcher: string, nodes: number, ranksPerNode: number) =>
  intervalOf(launchTime(launcher, { nodes, ranksPerNode }) ?? []);

// https://slurm.schedmd.com/big_sys.html; it is where srun's figures per node and rank come from.
test('holds what Slurm tells of its own large launches', () => {
  const linux = at('slurm', 15_000, 2);
  expect(linux.low).toBeLessThan(30);
  expect(linux.high).toBeGreaterThan(30);
  const blueGene = at('slurm', 122_880, 16);
  expect(blueGene.low).toBeLessThan(322);
  expect(blueGene.high).toBeGreaterThan(322);
});

test('more nodes or ranks never start earlier, in any world', () => {
  for (const launcher of ['slurm', 'openmpi', 'mpich', 'pals', 'flux', 'lsf', 'other']) {
    let before: readonly number[] = launchTime(launcher, { nodes: 1, ranksPerNode: 1 }) ?? [];
    for (const [nodes, ranksPerNode] of [
      [1, 8],
      [2, 8],
      [64, 8],
      [64, 64],
      [4096, 64],
      [100_000, 128],
    ] as const) {
      const after = launchTime(launcher, { nodes, ranksPerNode }) ?? [];
      expect(after.every((seconds, index) => seconds >= (before[index] ?? 0))).toBe(true);
      before = after;
    }
  }
});

test('without a launcher nothing is launched; one that nobody knows is taken as any', () => {
  expect(launchTime('none', { nodes: 4, ranksPerNode: 4 })).toBeUndefined();
  expect(at('homemade', 64, 4)).toEqual(at('other', 64, 4));
});

const ids = (...asked: Parameters<typeof launchTimeouts>) => launchTimeouts(...asked).map(({ id }) => id);

test('a time limit is told where it can be met', () => {
  const mpi4py = new Set(['mpi4py']);
  expect(ids('slurm')).toEqual([]);
  expect(ids('slurm', { imports: mpi4py })).toEqual(['slurm-pmix']);
  expect(ids('slurm', { family: 'openmpi', imports: mpi4py })).toEqual(['slurm-pmix']);
  expect(ids('slurm', { family: 'cray' })).toEqual(['cray-pmi-node']);
  expect(ids('pals')).toEqual([]);
  expect(ids('openmpi')).toEqual([]);
  expect(ids('flux', { imports: new Set(['torch']) })).toEqual(['torch-nccl']);
  expect(ids('none', { imports: new Set(['torch']) })).toEqual([]);
});
