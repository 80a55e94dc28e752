import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterNeeds, startCluster } from './cluster.ts';
import { lacks } from './machine.ts';
import { slowfsNeeds } from './slowfs.ts';

const sorted = (text: string) => text.trim().split('\n').sort();

describe.skipIf(lacks('the cluster', ...clusterNeeds))('the cluster', () => {
  let cluster: ReturnType<typeof startCluster>;
  beforeAll(() => {
    cluster = startCluster({ nodes: 3, processors: 4 });
  });
  afterAll(() => cluster?.down());

  test('ranks are spread over nodes with names of their own', () => {
    const { stdout } = cluster.login(['srun', '-N3', '--ntasks-per-node=2', 'hostname']);
    expect(sorted(stdout)).toEqual(['n1', 'n1', 'n2', 'n2', 'n3', 'n3']);
  });

  test('each node has its own /tmp, and the shared folder is shared', () => {
    cluster.login(['srun', '-N3', 'sh', '-c', 'hostname > /tmp/mine; hostname > shared-$SLURM_PROCID']);
    expect(cluster.node('n2', ['cat', '/tmp/mine']).stdout).toBe('n2\n');
    expect(cluster.node('n1', ['sh', '-c', 'cat shared-*']).stdout).toBe('n1\nn2\nn3\n');
  });

  test('a rank is told its place in the step', () => {
    const place = 'echo $SLURM_PROCID/$SLURM_NTASKS $SLURM_LOCALID $SLURM_NODEID/$SLURM_NNODES';
    const { stdout } = cluster.login(['srun', '-N3', '--ntasks-per-node=2', 'sh', '-c', place]);
    expect(sorted(stdout)).toEqual(['0/6 0 0/3', '1/6 1 0/3', '2/6 0 1/3', '3/6 1 1/3', '4/6 0 2/3', '5/6 1 2/3']);
  });

  test('a batch job runs, and a failing rank fails the step', () => {
    expect(cluster.login(['sbatch', '-N2', '--wait', '--output', 'out', '--wrap', 'srun -N2 hostname']).status).toBe(0);
    expect(sorted(cluster.login(['cat', 'out']).stdout)).toEqual(['n1', 'n2']);
    expect(cluster.login(['srun', '-n2', 'sh', '-c', 'exit $SLURM_PROCID']).status).toBe(1);
  });
});

describe.skipIf(lacks('binding', ...clusterNeeds))('with binding', () => {
  test('each task of a node has a processor of its own', () => {
    const cluster = startCluster({ nodes: 2, processors: 2, bind: true });
    try {
      const show = ['srun', '-N2', '--ntasks-per-node=2', 'grep', 'Cpus_allowed_list', '/proc/self/status'];
      const lists = sorted(cluster.login(show).stdout).map((line) => line.split('\t')[1]);
      expect(lists).toEqual(['0', '0', '1', '1']);
    } finally {
      cluster.down();
    }
  });
});

describe.skipIf(lacks('slowfs on nodes', ...clusterNeeds, ...slowfsNeeds))('with slowfs', () => {
  test('every node is a client of one server', () => {
    const cluster = startCluster({ nodes: 2, serves: '/usr/lib/python3' });
    try {
      expect(cluster.login(['srun', '-N2', 'ls', cluster.mount]).status).toBe(0);
      const { total, clients } = cluster.control();
      expect(clients.n1?.requests.opendir).toBe(1);
      expect(clients.n2?.requests.opendir).toBe(1);
      expect(total.requests.opendir).toBe(2);
    } finally {
      cluster.down();
    }
  });
});
