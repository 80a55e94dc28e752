import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterNeeds, startCluster } from '../cluster.ts';
import { environment, example, examplesPython } from '../examples.ts';
import { lacks } from '../machine.ts';
import { pharos } from '../pharos.ts';
import { ask, root } from '../run.ts';
import { slowfsNeeds } from '../slowfs.ts';
import type { Cluster } from '../worlds.ts';

const page = readFileSync(join(root, 'docs/guides/stage.md'), 'utf8');

/** The commands of the page, as they stand there, in their order. */
const typed = [...page.matchAll(/^ {4}(pharos |srun ).*$/gm)].map(([line]) => line.trim());

const JOB = `#!/bin/bash
#SBATCH --nodes=4 --ntasks-per-node=4
srun python analysis.py
`;

/** Numbers are of the run, and lines are broken where the paths are long. */
const plain = (text: string) =>
  text
    .replaceAll(/\b[0-9a-f]{16}\b|\d[\d,.]*/g, '#')
    .replaceAll(/\s+/g, ' ')
    .trim();

/** Lines that the page shows as output. What is modelled stands in blocks without a language: it is not of this machine. */
const shown = [...page.matchAll(/^```text\n(.*?)^```/gms)].flatMap(([, block = '']) => block.split('\n'));

describe.skipIf(lacks('the guide to staging', ...clusterNeeds, ...slowfsNeeds, 'ptrace'))(
  'the guide to staging',
  () => {
    // Not below /tmp: each node has one of its own, where it would not find what it serves.
    const served = join(root, 'build/guide');
    let cluster: Cluster;
    beforeAll(() => {
      examplesPython();
      pharos(['--version']);
      rmSync(served, { recursive: true, force: true });
      mkdirSync(join(served, 'project'), { recursive: true });
      ask(['cp', '-a', environment, join(served, 'environment')]);
      copyFileSync(example('analysis'), join(served, 'project/analysis.py'));
      writeFileSync(join(served, 'project/job.sh'), JOB);
      cluster = startCluster({ nodes: 4, processors: 4, serves: served, options: ['keep_cache'] });
      mkdirSync(join(cluster.shared, 'bin'));
      symlinkSync(join(root, 'pharos'), join(cluster.shared, 'bin/pharos'));
    });
    afterAll(() => {
      cluster?.down();
      rmSync(served, { recursive: true, force: true });
    });

    /** On the login machine, which has the folder at the same path, quick and writable. */
    function type(line: string) {
      const { mount, shared } = cluster;
      const path = [join(mount, 'environment/bin'), join(shared, 'bin'), process.env.PATH].join(':');
      const bound = `mount --bind "${served}" "${mount}" && cd "${mount}/project" && ${line}`;
      const words = ['unshare', '--mount', '--propagation', 'private', 'bash', '-c', bound];
      const ran = cluster.login(words, { env: { PATH: path, OPENBLAS_NUM_THREADS: '1' }, seconds: 300 });
      return { ...ran, stdout: ran.stdout.replaceAll(mount, '/shared') };
    }

    test('each command works as typed, and prints what the page shows', () => {
      expect(typed.length).toBeGreaterThanOrEqual(5);
      const printed: string[] = [];
      for (const line of typed) {
        const { status, stdout, stderr } = type(line);
        expect(status, `${line}\n${stdout}${stderr}`).toBe(0);
        printed.push(stdout);
      }
      const all = plain(printed.join('\n'));
      expect(shown.length).toBeGreaterThan(30);
      expect(shown.filter((line) => !all.includes(plain(line)))).toEqual([]);
      const counted = cluster.control().clients;
      for (const name of ['n1', 'n2', 'n3', 'n4']) expect(counted[name]?.bytesRead, name).toBeGreaterThan(1e8);
    });
  },
);
