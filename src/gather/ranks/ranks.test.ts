import { expect, test } from 'vitest';
import type { Ranks } from '#schema';
import { recordingDraft } from '../../../test/recordings/recording-draft.ts';
import { ranks } from './ranks.ts';

function draftedRank(rank: number, modules: readonly string[]) {
  const draft = recordingDraft();
  draft.fact('launch', { launcher: 'slurm', nodes: 4, ranks: 16, ranksPerNode: 4, node: Math.trunc(rank / 4), rank });
  const job = draft.process({ begin: 0 }, { main: 10 });
  for (const [index, module] of modules.entries()) {
    const begin = 1000 + index * 2000;
    const id = draft.import(job, module, { begin, end: begin + 1000 });
    draft.import(job, `${module}.core`, { begin, end: begin + 500, parent: id, level: 'nested' });
    draft.at(begin);
    draft.operation(job, id, 'stat', '/env');
  }
  draft.at(900_000);
  draft.operation(job, 0, 'open', '/project/data');
  return draft.recording();
}

function ranksOf(first: ReturnType<typeof draftedRank>, ...rest: ReturnType<typeof draftedRank>[]): Ranks {
  const made = ranks.gather([first, ...rest]);
  if (!made.ok) throw new Error(made.failure.message);
  return made.value;
}

test('one rank that imports one package more is found, with the package and not its parts', () => {
  const found = ranksOf(
    draftedRank(0, ['numpy', 'mpi4py']),
    draftedRank(4, ['numpy', 'mpi4py', 'h5py']),
    draftedRank(15, ['numpy', 'mpi4py']),
  );
  expect(found.compared).toBe(3);
  expect(found.differences).toEqual([{ module: 'h5py', on: [4], notOn: [0, 15], totalSeconds: 0.001 }]);
});

test('another order is no difference', () => {
  expect(ranksOf(draftedRank(0, ['numpy', 'csv']), draftedRank(1, ['csv', 'numpy'])).differences).toEqual([]);
});

test('each rank has its time and its operations up to the end of its start', () => {
  expect(ranksOf(draftedRank(0, ['numpy']), draftedRank(5, ['numpy', 'csv'])).startSeconds).toEqual([
    { rank: 0, node: 0, seconds: 0.002, operations: 1 },
    { rank: 5, node: 1, seconds: 0.004, operations: 2 },
  ]);
});

test('one rank alone differs from none', () => {
  expect(ranksOf(draftedRank(0, ['numpy']))).toMatchObject({ compared: 1, differences: [] });
});
