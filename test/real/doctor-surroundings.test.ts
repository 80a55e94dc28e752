import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { clusterNeeds, startCluster } from './cluster.ts';
import { makeNestedGroup } from './control-groups.ts';
import { doctorLine, listNodeFiles, rankFacts, readNodeFile } from './doctor.ts';
import { systemPython } from './examples.ts';
import { listInterpreters } from './interpreters.ts';
import { lacks } from './machine.ts';
import { pharos } from './pharos.ts';
import { ask, run } from './run.ts';
import { scratch } from './scratch.ts';

beforeAll(() => {
  pharos(['--version']); // makes the collector
});

/** Runs a doctor below words that change its surroundings, and reads what it wrote. */
function examined(around: readonly string[], code: string, folder = scratch('doctor')) {
  const stem = join(folder, 'step');
  ask([...around, ...doctorLine(stem, [systemPython, '-c', code])], { cwd: folder, env: { SLURM_JOB_ID: undefined } });
  const [recording] = listNodeFiles(stem).map(readNodeFile);
  if (!recording) throw new Error('no recording was written');
  return recording;
}

/** A module that loads GCC's OpenMP, as extension modules do. */
const SHRINKS = 'import ctypes\nctypes.CDLL("libgomp.so.1")\n';

const bound = [...clusterNeeds, 'taskset', 'two processors'];

describe.skipIf(lacks('masks', ...bound))('masks', () => {
  test('a mask of taskset is that of the start and of the end', () => {
    const [rank] = examined(['taskset', '-c', '1'], 'import json').facts.rank;
    expect(rank?.affinity).toEqual({ atStart: '1', afterImports: '1' });
    expect(rank?.maskChanges ?? []).toEqual([]);
  });

  test('OMP_PROC_BIND shrinks the mask at the import that loads libgomp, and that import is named', () => {
    const folder = scratch('shrinks');
    mkdirSync(join(folder, 'solver'));
    writeFileSync(join(folder, 'solver/__init__.py'), 'from . import kernels\n');
    writeFileSync(join(folder, 'solver/kernels.py'), SHRINKS);
    const around = ['env', 'OMP_PROC_BIND=true', `PYTHONPATH=${folder}`, 'taskset', '-c', '0,1'];
    const [rank] = examined(around, 'import json, solver', folder).facts.rank;
    expect(rank?.affinity).toEqual({ atStart: '0-1', afterImports: '0' });
    expect(rank?.maskChanges).toEqual([
      expect.objectContaining({ module: 'solver.kernels', before: '0-1', after: '0' }),
    ]);
  });

  test('under a Slurm that binds, each rank of a node has its own', () => {
    const cluster = startCluster({ nodes: 2, processors: 2, bind: true });
    try {
      const stem = join(cluster.shared, 'bound');
      cluster.login([
        'srun',
        '--mpi=none',
        '-N2',
        '--ntasks-per-node=2',
        ...doctorLine(stem, [systemPython, '-c', '']),
      ]);
      const ranks = [...rankFacts(listNodeFiles(stem).map(readNodeFile)).values()];
      expect(ranks.map(({ affinity }) => affinity.atStart)).toEqual(['0', '1', '0', '1']);
    } finally {
      cluster.down();
    }
  });
});

describe.skipIf(lacks('limits of the surroundings', 'root', 'network namespaces'))('limited surroundings', () => {
  test('the quota and the limit of processes of an outer control group are found', ({ skip }) => {
    const group = makeNestedGroup(`pharos-${process.pid}`, { cpu: 1.5, pids: 400 });
    if (!group) return skip();
    try {
      const [cgroup] = examined(group.joined([]), 'import json').facts.cgroup;
      expect(cgroup).toMatchObject({ quota: 1.5, pidsMax: 400, pidsNow: 1 });
    } finally {
      group.remove();
    }
  });

  test('limits of the shell are those of the rank', () => {
    const [limits] = examined(['sh', '-c', 'ulimit -n 321 && ulimit -l 64 && exec "$@"', 'sh'], 'import json').facts
      .limits;
    expect(limits).toMatchObject({ openFiles: 321, lockedBytes: 65536 });
  });

  test.for(['/sys', '/proc'])('without what the kernel tells in %s there is a recording with less in it', (place) => {
    const hidden = ['unshare', '--mount', 'sh', '-c', `mount -t tmpfs none ${place} && exec "$@"`, 'sh'];
    const { facts } = examined(hidden, 'import json');
    expect(facts.rank[0]).toMatchObject({ rank: 0, ended: { status: 0 } });
    expect(facts.step[0]?.nodeName).toBeTruthy();
  });
});

const [old] = listInterpreters(6).filter(({ version }) => version.startsWith('3.6'));
if (!old) process.stderr.write('skipped: the doctor under Python 3.6: this machine has none\n');

describe.skipIf(!old)('Python 3.6', () => {
  const python = old?.program ?? '';
  test.for([
    ['the collector', python, systemPython, 'inside'],
    ["the job's Python", systemPython, python, 'outside'],
    ['both', python, python, 'outside'],
  ] as const)('as %s', ([, collects, works, seen]) => {
    const stem = join(scratch('old'), 'step');
    const [, ...line] = doctorLine(stem, [works, '-c', 'import sqlite3, time; time.sleep(1)']);
    const { status, stderr } = run([collects, ...line]);
    expect(status, stderr).toBe(0);
    const [recording] = listNodeFiles(stem).map(readNodeFile);
    expect(recording?.facts.rank[0]?.seen).toBe(seen);
    expect(recording?.facts.rank[0]?.affinity.atStart).toBeTruthy();
  });
});
