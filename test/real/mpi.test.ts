import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { example, examplesPython } from './examples.ts';
import { lacks } from './machine.ts';
import { audit } from './pharos.ts';
import { scratch } from './scratch.ts';

describe.skipIf(lacks('mpirun', 'mpirun'))('under mpirun', () => {
  test('both ranks of heat are observed, and MPI is not started again to look closer', () => {
    const launch = ['mpirun', '--allow-run-as-root', '--oversubscribe', '-n', '2'];
    const stem = join(scratch('mpi'), 'job');
    const { report, stdout } = audit(stem, [...launch, examplesPython(), example('heat')]);
    expect(stdout).toBe('mean temperature after 300 steps on 2 rank(s): 11.097764\n');
    expect(report.job.observedRanks).toBe(2);
    expect(report.icicle.map(({ module }) => module)).toEqual(expect.arrayContaining(['numpy', 'mpi4py.MPI']));
  });
});
