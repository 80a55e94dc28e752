import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterNeeds, startCluster } from './cluster.ts';
import { doctorLine, listNodeFiles, rankFacts, readNodeFile } from './doctor.ts';
import { systemPython } from './examples.ts';
import { lacks } from './machine.ts';
import { pharos } from './pharos.ts';
import type { Cluster } from './worlds.ts';

const heard = (stem: string) => {
  const recordings = listNodeFiles(stem).map(readNodeFile);
  return { recordings, ranks: rankFacts(recordings) };
};

describe.skipIf(lacks('the doctor in a step', ...clusterNeeds))('the doctor in a step of 8 ranks on 2 nodes', () => {
  const step = ['srun', '--mpi=none', '-N2', '--ntasks-per-node=4'];
  let cluster: Cluster;
  beforeAll(() => {
    pharos(['--version']); // makes the collector
    cluster = startCluster({ nodes: 2, processors: 4 });
  });
  afterAll(() => cluster?.down());
  const python = (code: string) => [systemPython, '-c', code];

  test('what the ranks print is theirs, and each node leaves one file with its ranks', () => {
    const stem = join(cluster.shared, 'hello');
    const { status, stdout } = cluster.login([
      ...step,
      ...doctorLine(stem, python('import json, os; print(os.environ["SLURM_PROCID"])')),
    ]);
    expect(status).toBe(0);
    expect(stdout.trim().split('\n').sort()).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
    expect(listNodeFiles(stem)).toEqual([`${stem}.n1.pharos`, `${stem}.n2.pharos`]);
    const { recordings, ranks } = heard(stem);
    expect([...ranks.keys()]).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(new Set([...ranks.values()].map(({ seen }) => seen))).toEqual(new Set(['inside']));
    expect(new Set(recordings.map(({ facts }) => facts.step[0]?.key)).size).toBe(1);
  });

  test('two steps have keys of their own', () => {
    const stems = ['one', 'other'].map((name) => join(cluster.shared, name));
    for (const stem of stems) cluster.login([...step, ...doctorLine(stem)]);
    const keys = stems.map((stem) => heard(stem).recordings[0]?.facts.step[0]?.key);
    expect(keys[0]).toBeTruthy();
    expect(keys[0]).not.toBe(keys[1]);
  });

  test('a rank that is killed is told, and costs the others nothing', () => {
    const stem = join(cluster.shared, 'killed');
    const code = 'import os, signal; os.environ["SLURM_PROCID"] == "2" and os.kill(os.getpid(), signal.SIGKILL)';
    cluster.login([...step, ...doctorLine(stem, python(code))]);
    const { ranks } = heard(stem);
    expect(ranks.get(2)?.ended.signal).toBe('SIGKILL');
    expect(ranks.get(2)?.seen).toBe('outside');
    expect([...ranks.values()].filter(({ ended }) => ended.status === 0).map(({ rank }) => rank)).toEqual([
      0, 1, 3, 4, 5, 6, 7,
    ]);
  });

  test('a collector that is killed leaves a file of its node without its rank', () => {
    const stem = join(cluster.shared, 'gone');
    const code =
      'import os, signal, time; os.environ["SLURM_PROCID"] == "1" and os.kill(os.getppid(), signal.SIGKILL); time.sleep(0.3)';
    // Slurm would end the step because of the killed task.
    cluster.login([...step, '--kill-on-bad-exit=0', ...doctorLine(stem, python(code), ['--seconds', '3'])]);
    const { recordings, ranks } = heard(stem);
    expect(recordings.map(({ facts }) => facts.step[0]?.nodeName)).toEqual(['n1', 'n2']);
    expect([...ranks.keys()]).toEqual([0, 2, 3, 4, 5, 6, 7]);
  });

  test('a command that does not end is ended, and was seen from outside', () => {
    const stem = join(cluster.shared, 'endless');
    const began = Date.now();
    cluster.login([...step, ...doctorLine(stem, python('import json, time; time.sleep(60)'), ['--seconds', '2'])]);
    expect(Date.now() - began).toBeLessThan(15_000);
    const { ranks } = heard(stem);
    expect(ranks.size).toBe(8);
    for (const { ended } of ranks.values()) expect(ended.timeLimit).toBe(true);
  });

  test('a folder that nobody may write to is said on each node, and the command ran', () => {
    const folder = join(cluster.shared, 'closed');
    mkdirSync(folder, { mode: 0o555 });
    const user = ['setpriv', '--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups', '--'];
    const { stdout, stderr } = cluster.login([
      ...step,
      ...user,
      ...doctorLine(join(folder, 'step'), python('print("ran")')),
    ]);
    expect(stdout.trim().split('\n')).toEqual(Array.from({ length: 8 }, () => 'ran'));
    expect(stderr).toContain(join(folder, 'step'));
    expect(stderr).not.toContain('Traceback');
  });

  test('a random.py beside the script is found', () => {
    const folder = join(cluster.shared, 'beside');
    mkdirSync(folder);
    writeFileSync(join(folder, 'random.py'), 'def random():\n    return 4\n');
    writeFileSync(join(folder, 'app.py'), 'import tempfile\n');
    const stem = join(folder, 'step');
    cluster.login([...step, ...doctorLine(stem, [systemPython, join(folder, 'app.py')])]);
    const [node] = heard(stem).recordings;
    expect(node?.facts.modules.flatMap(({ shadows }) => shadows)).toContainEqual(
      expect.objectContaining({ module: 'random', hides: 'standard library', loaded: true }),
    );
  });
});
