import { expect, test } from 'vitest';
import { stepRecordings } from '../../test/recordings/step-draft.ts';
import { planTopology, type RankPlan, type StepPlan } from '../../test/recordings/step-plan.ts';
import { stepGatherers } from './index.ts';

// What the gatherers make of steps with nothing wrong, as files: every audit of a step is tried on them, and must find
// nothing. `vitest -u` writes them again.

const FOLDER = `${import.meta.dirname}/../audits/healthy-steps`;

const SITE = '/project/env/lib/python3.11/site-packages';
const BLAS = `${SITE}/numpy.libs/libscipy_openblas64_-56d6093b.so`;

const withoutMpi: Partial<RankPlan> = {
  mpi: undefined,
  mpiLibrary: undefined,
  found: { mpi: [] },
  distributions: [{ name: 'numpy', version: '2.3.4', folder: SITE }],
  loaded: {
    libraries: [{ path: BLAS, kind: 'blas', name: 'OpenBLAS', version: '0.3.29', owner: 'numpy.libs' }],
    others: 31,
  },
};

const serial: Partial<StepPlan> = {
  nodes: 1,
  ranksPerNode: 1,
  launcher: 'none',
  command: { form: 'script', program: 'python', script: 'analysis.py', argc: 2 },
  rank: () => withoutMpi,
};

const STEPS: Readonly<Record<string, Partial<StepPlan>>> = {
  'two-nodes-bound-with-open-mpi': {},
  'serial-without-mpi': serial,
  'no-command': { command: null },
  'one-rank-on-all-hardware-threads': {
    ...serial,
    node: () => ({ topology: planTopology(2, 4, 16, 2) }),
    rank: () => ({ ...withoutMpi, cgroup: { version: 'v2', cpus: '0-255', pidsMax: 4_194_304, pidsNow: 12 } }),
  },
  'array-task-of-one-rank': {
    ...serial,
    launcher: 'slurm',
    rank: (rank) => ({ ...withoutMpi, claims: [{ launcher: 'slurm', rank, size: 1 }] }),
  },
  'ranks-without-mpi': { rank: () => withoutMpi },
};

test.for(Object.entries(STEPS))('%s', async ([name, plan], { expect }) => {
  const made = stepGatherers.map((gatherer) => [gatherer.makes, gatherer.gather(stepRecordings(plan))] as const);
  const artifacts = Object.fromEntries(made.map(([id, artifact]) => [id, artifact.ok ? artifact.value : undefined]));
  await expect(`${JSON.stringify(artifacts, null, 2)}\n`).toMatchFileSnapshot(`${FOLDER}/${name}.json`);
});

test('a healthy step is heard as a whole', () => {
  for (const { makes, gather } of stepGatherers) expect(gather(stepRecordings()), makes).toMatchObject({ ok: true });
});
