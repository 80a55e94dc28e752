import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterNeeds, startCluster } from './cluster.ts';
import { addedRequests, LAST_RANK, makeShared, STEP } from './cold-step.ts';
import { examplesPython, systemPython } from './examples.ts';
import { lacks } from './machine.ts';
import { makeFolder } from './make-folder.ts';
import { collector, listRecordings, pharos, reportOf } from './pharos.ts';
import { ask } from './run.ts';
import { buildSlowfs, slowfsNeeds } from './slowfs.ts';
import type { Cluster } from './worlds.ts';

const sorted = (text: string) => text.trim().split('\n').sort();

describe.skipIf(lacks('a job step', ...clusterNeeds, ...slowfsNeeds))('in a job step of 16 ranks on 4 nodes', () => {
  let shared: string;
  let cluster: Cluster;
  let results: string;
  const job = () => [join(cluster.mount, 'env/bin/python'), '-B', join(cluster.mount, 'app/app.py')];
  const observed = (stem: string) => [
    systemPython,
    join(cluster.mount, 'pharos-collect.pyz'),
    '-o',
    `${stem}.pharos`,
    '--',
  ];

  beforeAll(() => {
    buildSlowfs();
    examplesPython();
    pharos(['--version']); // makes the collector
    shared = makeShared();
    results = makeFolder('step');
    cluster = startCluster({ nodes: 4, processors: 4, serves: shared });
  });
  afterAll(() => {
    cluster?.down();
    for (const folder of [shared, results]) if (folder) ask(['rm', '-rf', folder]);
  });

  test('all ranks print what they print alone, and a sample is recorded: one of each node, first, last', () => {
    const stem = join(cluster.shared, 'app');
    const bare = cluster.login([...STEP, ...job()]);
    const { status, stdout, stderr } = cluster.login([...STEP, ...observed(stem), ...job()]);
    expect(status, stderr).toBe(0);
    expect(sorted(stdout)).toEqual(sorted(bare.stdout));
    const recordings = listRecordings(stem).map((file) => file.slice(stem.length));
    expect(recordings).toEqual(expect.arrayContaining(['.0.0.pharos', '.3.15.pharos']));
    expect(new Set(recordings.map((name) => name.split('.')[1]))).toEqual(new Set(['0', '1', '2', '3']));
    expect(recordings.length).toBeLessThan(10);
  });

  test('the rank that imports one package more is found', () => {
    const { status, stderr } = pharos([
      'audit',
      '--out',
      join(results, 'step'),
      ...listRecordings(join(cluster.shared, 'app')),
    ]);
    expect(status, stderr).toBe(0);
    const { differences } = reportOf(join(results, 'step.report.json')).ranks;
    const oddity = differences.find(({ module }) => module === 'oddity');
    expect(oddity?.on).toEqual([LAST_RANK]);
    expect(oddity?.notOn).toContain(0);
    expect(differences.map(({ module }) => module)).not.toContain('numpy');
  });
});

/** Words before the file that is written. It goes elsewhere: its own requests, six a file, are those of any file. */
const MODES = { audit: [], doctor: ['doctor'] };

describe.skipIf(lacks('requests of a job step', ...clusterNeeds, ...slowfsNeeds))('on cold nodes', () => {
  test.for(Object.entries(MODES))('what %s asks of the server is at most 20 requests a node', ([, words]) => {
    buildSlowfs();
    examplesPython();
    pharos(['--version']);
    const shared = makeShared();
    try {
      const job = ({ mount }: Cluster) => [join(mount, 'env/bin/python'), '-B', join(mount, 'app/app.py')];
      const watched = (cluster: Cluster) => [
        systemPython,
        join(cluster.mount, 'pharos-collect.pyz'),
        ...words,
        '-o',
        join(cluster.shared, 'app.pharos'),
        '--',
        ...job(cluster),
      ];
      const added = addedRequests(shared, job, watched);
      for (const { node, requests } of added) expect(requests, node).toBeLessThanOrEqual(20);
    } finally {
      ask(['rm', '-rf', shared]);
    }
  });
});

describe.skipIf(lacks('ranks that are not observed', ...clusterNeeds, 'ptrace'))('a rank that is not observed', () => {
  test('makes the file operations that it makes alone, and no others', () => {
    const cluster = startCluster({ nodes: 2, processors: 4 });
    try {
      // In a folder of its own: one whose time changes is listed anew.
      const script = join(cluster.shared, 'app/app.py');
      mkdirSync(join(cluster.shared, 'app'));
      writeFileSync(script, 'import email.message, json\n');
      ask([systemPython, script]);
      const job = [systemPython, '-B', script];
      pharos(['--version']);
      const traced = (name: string, command: readonly string[]) => {
        const words = command.map((word) => `'${word}'`).join(' ');
        const log = `${cluster.shared}/${name}.$SLURM_PROCID`;
        return [
          'srun',
          '-N2',
          '-n8',
          'sh',
          '-c',
          `exec strace -f -qq -s 4096 -e trace=%file,chdir -o "${log}" ${words}`,
        ];
      };
      expect(cluster.login(traced('bare', job)).status).toBe(0);
      const stem = join(cluster.shared, 'app');
      const observed = [systemPython, collector, '-o', `${stem}.pharos`, '--', ...job];
      expect(cluster.login(traced('seen', observed)).status).toBe(0);
      const recorded = listRecordings(stem).map((file) => Number(file.split('.').at(-2)));
      const others = [0, 1, 2, 3, 4, 5, 6, 7].filter((rank) => !recorded.includes(rank));
      expect(others.length).toBeGreaterThan(3);
      for (const rank of others) {
        expect(operationsOf(`${cluster.shared}/seen.${rank}`, job)).toEqual(
          operationsOf(`${cluster.shared}/bare.${rank}`, job),
        );
      }
    } finally {
      cluster.down();
    }
  });

  /** The traced calls after the exec of the job's interpreter, without process numbers. */
  function operationsOf(log: string, [, , script = '']: readonly string[]): string[] {
    const calls = readFileSync(log, 'utf8')
      .split('\n')
      .map((line) => line.replace(/^\d+ +/, ''));
    const began = calls.findLastIndex(
      (call) => call.startsWith('execve(') && call.includes('-B') && call.includes(script),
    );
    expect(began).toBeGreaterThanOrEqual(0);
    return calls.slice(began + 1).map((call) => call.replace(/0x[0-9a-f]+/g, 'POINTER').replace(/\{st_[^}]*\}/g, '{}'));
  }
});
