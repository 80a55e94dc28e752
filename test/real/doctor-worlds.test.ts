import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterNeeds, startCluster } from './cluster.ts';
import { lacks } from './machine.ts';
import { hasDebianMpi, kits } from './mpi-kits.ts';
import { pharos } from './pharos.ts';
import { root } from './run.ts';
import { type Cluster, predict, startMpi } from './worlds.ts';

/** The table of the page: what becomes of each MPI under each launcher. */
function readTable() {
  const page = readFileSync(join(root, 'docs/concepts/launchers-and-mpi.md'), 'utf8');
  const lines = page.split('\n').filter((line) => line.startsWith('| '));
  const [[, ...libraries] = [], , ...rows] = lines.map((line) =>
    line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
  return rows.flatMap(([launcher = '', ...worlds]) =>
    worlds.map((world, column) => ({ launcher, library: libraries[column] ?? '', world })),
  );
}

const needs = [...clusterNeeds, 'salloc', 'mpirun.openmpi', 'mpiexec.hydra'];

describe.skipIf(lacks('launchers and MPI', ...needs) || !hasDebianMpi())('each launcher with each MPI', () => {
  let cluster: Cluster;
  beforeAll(() => {
    pharos(['--version']); // makes the collector
    for (const kit of Object.values(kits)) kit();
    cluster = startCluster({ nodes: 2, processors: 4 });
  });
  afterAll(() => cluster?.down());

  test.for(readTable())('$launcher, $library: $world', ({ launcher, library, world }) => {
    const ranks = launcher.includes('salloc') ? 4 : 2;
    const predicted = predict(cluster, launcher, library, ranks);
    expect(startMpi(cluster, launcher, library, ranks)).toBe(world);
    expect(predicted).toContain(world);
  });
});
