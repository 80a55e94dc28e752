import { expect, test } from 'vitest';
import { findFilesystemProfile } from '#knowledge';
import { ScaleTable } from '#schema';
import { solverJob } from '../../../test/recordings/solver-job.ts';
import { examineScale, type ScaleQuestion } from './examine-scale.ts';

function tableOf(question: Partial<ScaleQuestion> = {}, job = solverJob()): ScaleTable {
  const table = examineScale([job], { scale: {}, ...question });
  if (!table.ok) throw new Error(table.failure.message);
  return table.value;
}

test('a table keeps to its schema', () => {
  expect(ScaleTable.safeParse(JSON.parse(JSON.stringify(tableOf({ explain: 7 })))).error).toBeUndefined();
});

test('sizes are told in order, each once, with the one that is explained', () => {
  const { points, arithmetic } = tableOf({ nodes: [64, 1, 64], explain: 7 });
  expect(points.map(({ nodes }) => nodes)).toEqual([1, 7, 64]);
  expect(arithmetic).toMatchObject({ nodes: 7 });
});

test('parts make up the median, and the limit is the largest of them', () => {
  for (const { starts } of tableOf().points) {
    for (const { seconds, parts, limit } of starts) {
      const values = Object.values(parts);
      expect(values.reduce((all, part) => all + part, 0)).toBeCloseTo(seconds.likely, 6);
      expect(parts[limit]).toBe(Math.max(...values));
    }
  }
});

test('two jobs at once never start sooner than one', () => {
  const one = tableOf({ nodes: [256] }).points[0]?.starts[0]?.seconds.likely;
  const two = tableOf({ nodes: [256], jobs: 2 }).points[0]?.starts[0]?.seconds.likely;
  expect(two).toBeGreaterThan(one ?? Number.NaN);
});

test('fewer cores than ranks cost time, and are not assumed', () => {
  const few = tableOf({ nodes: [1], coresPerNode: 1 });
  const many = tableOf({ nodes: [1] });
  expect(few.points[0]?.starts[0]?.seconds.likely).toBeGreaterThan(many.points[0]?.starts[0]?.seconds.likely ?? 0);
  expect(few.points[0]?.starts[0]?.limit).toBe('node-cpu');
});

test('a file system that is local does not grow', () => {
  const { points, profile } = tableOf({ scale: { profile: 'local' }, nodes: [1, 4096] });
  const [one, many] = points.map(({ starts }) => starts[0]?.seconds.likely);
  expect(profile.shared).toBe(false);
  expect(many).toBe(one);
});

test('staging is told by each transport, and what comes with the launcher is known', () => {
  const { plans, pays, image } = tableOf({ launcher: 'slurm' });
  const staged = plans.filter(({ kind }) => kind === 'staged');
  expect(staged.length).toBeGreaterThan(3);
  expect(plans.find(({ id }) => id === 'staged-sbcast')).toMatchObject({ known: true });
  expect(plans.find(({ id }) => id === 'staged-flux-archive')).toMatchObject({ known: false });
  expect(pays.map(({ plan }) => plan)).toEqual(plans.slice(1).map(({ id }) => id));
  expect(image?.files).toBeGreaterThan(0);
});

test('only the transports that were asked for', () => {
  const { plans } = tableOf({ transports: ['sbcast'] });
  expect(plans.filter(({ kind }) => kind === 'staged').map(({ id }) => id)).toEqual(['staged-sbcast']);
});

test('the launcher takes its time, and its limit is met by a start of an MPI job that is long enough', () => {
  const [none, slurm] = ['none', 'slurm'].map((launcher) => tableOf({ launcher, nodes: [100_000] }));
  expect(slurm?.points[0]?.starts[0]?.parts.launcher).toBeGreaterThan(0);
  expect(none?.points[0]?.starts[0]?.parts.launcher).toBeUndefined();
  expect(slurm?.timeouts).toEqual([]);
  const mpi = tableOf({ launcher: 'slurm', nodes: [100_000] }, solverJob({ extra: 'mpi4py' }));
  expect(mpi.timeouts.find(({ seconds }) => seconds === 300)).toMatchObject({ mayFrom: 100_000 });
});

test.each([
  [{ status: 0 }, undefined],
  [{ status: 3 }, 'exited with status 3'],
  [{ signal: 'SIGSEGV' }, 'was killed by SIGSEGV'],
])('a job that ended with %j may not have started to the end', (exit, says) => {
  const table = examineScale([solverJob({ exit })], { scale: {}, nodes: [1] });
  const told = table.ok ? table.value.unknowns.find(({ what }) => what === 'the end of the start') : undefined;
  expect(told?.because).toEqual(says === undefined ? undefined : expect.stringContaining(says));
});

test.each(['measured', 'assumed'] as const)("slots of a site's own profile that are %s", (confidence) => {
  const base = findFilesystemProfile('lustre');
  if (!base) throw new Error('there is no profile of lustre');
  const metadataSlots = { ...base.server.metadataSlots, confidence };
  const profile = { ...base, id: 'mine', server: { ...base.server, metadataSlots } };
  const told = tableOf({ scale: { profile } }).unknowns.filter(({ hint = '' }) => hint.includes('--load'));
  expect(told).toHaveLength(confidence === 'measured' ? 0 : 1);
});
