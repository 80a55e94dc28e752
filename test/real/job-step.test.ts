import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterNeeds, startCluster } from './cluster.ts';
import { environment, examplesPython, systemPython } from './examples.ts';
import { lacks } from './machine.ts';
import { collector, listRecordings, pharos, reportOf } from './pharos.ts';
import { ask, root } from './run.ts';
import { makeFolder } from './scratch.ts';
import { buildSlowfs, readRequestLog, slowfsNeeds } from './slowfs.ts';

const STEP = ['srun', '-N4', '-n16'];
const LAST_RANK = 15;
const FEW_REQUESTS = 20;

/** NumPy everywhere, and on one rank a package of our own more. */
const APP = `
import os
import numpy
if os.environ.get("SLURM_PROCID") == "${LAST_RANK}":
    import oddity
print("rank", os.environ.get("SLURM_PROCID"), numpy.arange(3).sum())
`;

type Cluster = ReturnType<typeof startCluster>;

/** What four nodes see behind their own slowfs mounts: the examples' environment, a job, the collector. */
function makeShared(): string {
  const folder = join(root, 'build', `shared-${process.pid}`);
  mkdirSync(join(folder, 'app/oddity'), { recursive: true });
  // Hard links: an environment has 20,000 files, and none may change its times.
  ask(['cp', '-al', environment, join(folder, 'env')]);
  ask(['cp', collector, folder]);
  writeFileSync(join(folder, 'app/app.py'), APP);
  writeFileSync(join(folder, 'app/oddity/__init__.py'), 'import sqlite3\n');
  return folder;
}

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

/** One step on a cluster that has just come up: its clients know nothing yet. */
function coldStep(shared: string, command: (cluster: Cluster) => readonly string[]) {
  const cluster = startCluster({
    nodes: 4,
    processors: 4,
    serves: shared,
    options: ['ro', 'keep_cache', 'cache_links'],
  });
  try {
    const { status, stderr } = cluster.login([...STEP, ...command(cluster)]);
    if (status !== 0) throw new Error(stderr);
    return readRequestLog(cluster.log);
  } finally {
    cluster.down();
  }
}

type Requests = ReadonlyMap<string, number>;

/** How often each client asked the same of the same path. */
function count(log: ReturnType<typeof coldStep>): Requests {
  const counts = new Map<string, number>();
  for (const { client, kind, path } of log) {
    if (kind === 'flush' || kind === 'close') continue; // these stay in the client
    const request = `${client} ${kind} ${path}`;
    counts.set(request, (counts.get(request) ?? 0) + 1);
  }
  return counts;
}

/** Of each request the larger count. */
function larger(one: Requests, other: Requests): Requests {
  const most = new Map(one);
  for (const [request, times] of other) most.set(request, Math.max(times, one.get(request) ?? 0));
  return most;
}

function addedOn(node: string, bare: Requests, watched: Requests): Requests {
  const ofNode = [...watched].filter(([request]) => request.startsWith(`${node} `));
  const more = ofNode.map(([request, times]) => [request, times - (bare.get(request) ?? 0)] as const);
  // How the kernel cuts the reading of a file that the job maps differs from run to run.
  const isOwn = ([request, times]: readonly [string, number]) =>
    times > 0 && !(request.startsWith(`${node} read `) && bare.has(request));
  return new Map(more.filter(isOwn));
}

const total = (requests: Requests): number => [...requests.values()].reduce((sum, times) => sum + times, 0);

const sayMost = (requests: Requests): string =>
  [...requests]
    .sort(([, one], [, other]) => other - one)
    .slice(0, 12)
    .map(([request, times]) => `${times} × ${request.slice(3)}`)
    .join(', ');

describe.skipIf(lacks('requests of a job step', ...clusterNeeds, ...slowfsNeeds))('on cold nodes', () => {
  // A client may forget what it knew of a file and ask again, so the job alone is run twice: what either of its runs asks
  // is the job's own.
  test(`the collector's own requests at the server are at most ${FEW_REQUESTS} a node`, () => {
    buildSlowfs();
    examplesPython();
    pharos(['--version']);
    const shared = makeShared();
    try {
      const job = ({ mount }: Cluster) => [join(mount, 'env/bin/python'), '-B', join(mount, 'app/app.py')];
      const collect = ({ mount, shared: folder }: Cluster) => [
        systemPython,
        join(mount, 'pharos-collect.pyz'),
        '-o',
        join(folder, 'app.pharos'),
        '--',
      ];
      const bare = larger(count(coldStep(shared, job)), count(coldStep(shared, job)));
      const watched = count(coldStep(shared, (cluster) => [...collect(cluster), ...job(cluster)]));
      const added = ['n1', 'n2', 'n3', 'n4'].map((node) => ({ node, requests: addedOn(node, bare, watched) }));
      for (const { node, requests } of added) {
        process.stderr.write(`${node}: observation added ${total(requests)} requests: ${sayMost(requests)}\n`);
      }
      for (const { node, requests } of added) expect(total(requests), node).toBeLessThanOrEqual(FEW_REQUESTS);
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
