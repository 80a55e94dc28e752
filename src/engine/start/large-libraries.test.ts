import { expect, test } from 'vitest';
import type { WeighedLibrary } from '#schema';
import { type SolverJob, solverJob } from '../../../test/recordings/solver-job.ts';
import { examineStaging } from './examine-staging.ts';

// Of an image of 3 GB as torch has one: its three largest libraries.

const IMAGE = { files: 4000, bytes: 3.07e9 };
const LIBRARIES = [
  { path: '/project/env/lib/libtorch_cuda.so', bytes: 520e6, mappedBytes: 441e6 },
  { path: '/project/env/lib/libcublasLt.so.13', bytes: 508e6, mappedBytes: 508e6 },
  { path: '/project/env/lib/libtorch_cpu.so', bytes: 448e6, mappedBytes: 357e6 },
];

function outlookOf(nodes: number, profile: string, job: SolverJob = {}, libraries = LIBRARIES) {
  const outlook = examineStaging([solverJob(job)], { nodes, ranksPerNode: 4, profile }, IMAGE, libraries);
  if (!outlook.ok) throw new Error(outlook.failure.message);
  return outlook.value;
}

const told = (libraries: readonly WeighedLibrary[]) => libraries.map(({ cheaper }) => cheaper).join(' ');

test('where data servers are full, reading costs less; on few nodes that depends on what is touched; a tree beats both', () => {
  const rows = ['lustre', 'nfs'].flatMap((profile) =>
    (['none', 'slurm'] as const).flatMap((launcher) =>
      [1, 64, 4096].map((nodes) => {
        const { large } = outlookOf(nodes, profile, { launcher });
        return [profile.padEnd(6), launcher.padEnd(5), `${nodes}`.padStart(5), told(large)].join('  ');
      }),
    ),
  );
  expect(rows.join('\n')).toMatchInlineSnapshot(`
    "lustre  none       1  unknown unknown unknown
    lustre  none      64  read read read
    lustre  none    4096  read read read
    lustre  slurm      1  unknown unknown unknown
    lustre  slurm     64  read read read
    lustre  slurm   4096  unknown unknown unknown
    nfs     none       1  unknown unknown unknown
    nfs     none      64  read read read
    nfs     none    4096  read read read
    nfs     slurm      1  unknown unknown unknown
    nfs     slurm     64  unknown unknown unknown
    nfs     slurm   4096  unknown unknown unknown"
  `);
});

test('the interval of what is read holds its likely value, and what is packed costs more on more nodes', () => {
  const [few, many] = [outlookOf(64, 'lustre').large, outlookOf(1024, 'lustre').large];
  for (const [index, { readSeconds, packedSeconds }] of few.entries()) {
    expect(readSeconds.low).toBeLessThanOrEqual(readSeconds.likely);
    expect(readSeconds.likely).toBeLessThanOrEqual(readSeconds.high);
    expect(many[index]?.packedSeconds.likely).toBeGreaterThan(packedSeconds.likely);
  }
});

test('of what is not mapped nothing is touched: debug information is not worth its way', () => {
  const [library] = LIBRARIES.map((each) => ({ ...each, mappedBytes: 5e6 }));
  expect(told(outlookOf(1, 'lustre', {}, library ? [library] : []).large)).toBe('read');
});

test('without very large libraries nothing is weighed, and the outlook is that of the whole image', () => {
  expect(outlookOf(64, 'lustre', {}, []).large).toEqual([]);
  const [left, whole] = [outlookOf(1024, 'nfs'), outlookOf(1024, 'nfs', {}, [])];
  expect(left.staged?.seconds.likely).toBeLessThan(whole.staged?.seconds.likely ?? 0);
});

test('where nothing leaves the node, nothing is left out', () => {
  expect(outlookOf(64, 'local').large).toEqual([]);
});
