import { expect, test } from 'vitest';
import type { Step } from '#schema';
import { stepRecordings } from '../../../test/recordings/step-draft.ts';
import type { StepPlan } from '../../../test/recordings/step-plan.ts';
import { step } from './step.ts';

function stepOf(options: Partial<StepPlan>): Step {
  const made = step.gather(stepRecordings(options).reverse() as ReturnType<typeof stepRecordings>);
  if (!made.ok) throw new Error(made.failure.message);
  return made.value;
}

test('nodes are in the order of their ranks, in whatever order the files were given', () => {
  const { nodes, expected } = stepOf({});
  expect(expected).toEqual({ nodes: 2, ranks: 8 });
  expect(nodes.map(({ name, ranks }) => [name, ranks])).toEqual([
    ['nid000001', [0, 1, 2, 3]],
    ['nid000002', [4, 5, 6, 7]],
  ]);
});

test('a node that left nothing is counted and numbered', () => {
  const { silentNodes, silentRanks } = stepOf({ nodes: 4, node: (number) => ({ silent: number === 2 }) });
  expect(silentNodes).toEqual({ count: 1, numbers: [2] });
  expect(silentRanks).toEqual([]);
});

test('a rank that left nothing is numbered, also where a whole node is silent', () => {
  const rank = (rank: number) => (rank === 5 ? ('silent' as const) : {});
  expect(stepOf({ rank }).silentRanks).toEqual([5]);
  expect(stepOf({ nodes: 3, rank, node: (number) => ({ silent: number === 2 }) }).silentRanks).toEqual([5]);
});

test('a number is not guessed where it is not plain how ranks were dealt out', () => {
  const { nodes, silentRanks } = stepOf({
    nodes: 2,
    ranksPerNode: 2,
    rank: (rank) => (rank === 1 ? 'silent' : {}),
    node: (number) => ({ silent: number === 1 }),
  });
  expect(nodes).toMatchObject([{ localRanks: 2, ranks: [0] }]);
  expect(silentRanks).toEqual([]);
});

test('recordings of one node, whose ranks could not meet, are one node', () => {
  const { nodes } = stepOf({ node: () => ({ name: 'n1' }) });
  expect(nodes.map(({ name, ranks }) => [name, ranks])).toEqual([['n1', [0, 1, 2, 3, 4, 5, 6, 7]]]);
});

test('how the ranks ended is told by groups', () => {
  const { ended } = stepOf({
    rank: (rank) => (rank === 6 ? { seen: 'outside', ended: { signal: 'SIGKILL' }, because: 'it was killed' } : {}),
  });
  expect(ended).toEqual([
    { ranks: [0, 1, 2, 3, 4, 5, 7], value: { seen: 'inside', status: 0, timeLimit: false } },
    { ranks: [6], value: { seen: 'outside', because: 'it was killed', signal: 'SIGKILL', timeLimit: false } },
  ]);
});

test('without a command there is none', () => {
  expect(stepOf({ command: null })).not.toHaveProperty('command');
});
