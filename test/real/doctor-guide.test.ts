import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterNeeds, startCluster } from './cluster.ts';
import { lacks } from './machine.ts';
import { environmentOf, hasDebianMpi } from './mpi-kits.ts';
import { pharos } from './pharos.ts';
import { root } from './run.ts';
import type { Cluster } from './worlds.ts';

/** The commands of the guide page, as they stand there. */
const typed = readFileSync(join(root, 'docs/guides/doctor.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('    '))
  .map((line) => line.trim());

const lineWith = (word: string): string => {
  const line = typed.find((line) => line.includes(word));
  if (!line) throw new Error(`the guide has no line with ${word}`);
  return line;
};

describe.skipIf(lacks("the doctor's guide", ...clusterNeeds) || !hasDebianMpi())('the lines of the guide', () => {
  let cluster: Cluster;
  let path: string;
  beforeAll(() => {
    pharos(['--version']); // makes the collector
    path = `${join(environmentOf('guide', ['mpi4py==4.1.2', 'numpy']), '..')}:${process.env.PATH}`;
    cluster = startCluster({ nodes: 2, processors: 2 });
    symlinkSync(join(root, 'pharos'), join(cluster.shared, 'pharos'));
  });
  afterAll(() => cluster?.down());

  /** Types lines into the shell of an allocation of two nodes, one rank on each. */
  const type = (lines: readonly string[], env = {}) => {
    const script = ['rm -f step.*.pharos', ...lines].join(' && ');
    const allocation = ['salloc', '--quiet', '-N2', '--ntasks-per-node=1'];
    return cluster.login([...allocation, 'bash', '-c', script], { env: { PATH: path, ...env } });
  };
  const step = ['collector --to', 'srun', './pharos doctor step'].map(lineWith);

  test('a healthy step is told in five lines', () => {
    const { status, stdout, stderr } = type(step);
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('2 ranks on 2 nodes are one MPI job of Open MPI v4.1.4');
    expect(stdout).toContain('Nothing is plainly wrong');
    expect(stdout.trimEnd().split('\n').length).toBeLessThanOrEqual(5);
  });

  test('two ranks that are each rank 0 of 1 are told with cause and fix', () => {
    const { stdout } = type(step, { PATH: `${mpichFirst()}:${path}`, SLURM_MPI_TYPE: 'none' });
    expect(stdout).toMatch(/ERROR singleton-ranks\s+2 tasks, each is rank 0 of 1: MPICH/);
    expect(stdout).toContain('srun offers no way to find the other ranks');
    expect(stdout).toContain('fix: Start the step with `srun --mpi=pmi2`');
  });

  const mpichFirst = () => join(environmentOf('guide-mpich', ['mpi4py==4.1.2', 'mpich==5.0.2', 'numpy']), '..');

  test('without Node the bare facts are printed', () => {
    const { status, stdout } = type(step.slice(1, 2).concat(lineWith(' read step')));
    expect(status).toBe(0);
    expect(stdout).toContain('2 of 2 ranks on 2 of 2 nodes, launched by slurm');
    expect(stdout).toContain('family openmpi');
  });
});
