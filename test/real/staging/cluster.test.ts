import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterNeeds, startCluster } from '../cluster.ts';
import { lacks } from '../machine.ts';
import { pharos } from '../pharos.ts';
import { ask, type Ran, root } from '../run.ts';
import { slowfsNeeds } from '../slowfs.ts';
import type { Cluster } from '../worlds.ts';
import { project, venv } from './environments.ts';

const NODES = 16;
const RANKS_PER_NODE = 4;
const numberOf = (line: string) => Number(line.split(' ')[0]);

/** What each rank prints, in the order of ranks. */
const linesOf = ({ stdout }: Ran): string[] =>
  stdout
    .trim()
    .split('\n')
    .sort((a, b) => numberOf(a) - numberOf(b));

/** Without the one line in which `launch --stage` tells of it, among the output of a batch job. */
function said(fact: string, ran: Ran): Ran {
  const line = `pharos: ${fact}\n`;
  expect(ran.stdout).toContain(line);
  return { ...ran, stdout: ran.stdout.replace(line, '') };
}

/** Of ranks that are laid on nodes one after the other. */
const expected = (nodes: readonly string[], perNode: number): string[] =>
  nodes.flatMap((node, at) => Array.from({ length: perNode }, (_, rank) => `${at * perNode + rank} ${node} own 45`));

const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `n${at + 1}`);

/** A cluster whose nodes see the environment, the script and the image through slowfs, and the job's command there. */
function startStaging(nodes: number) {
  const served = join(root, 'build', `served-${process.pid}`);
  mkdirSync(served, { recursive: true });
  // Hard links: nobody writes there.
  ask(['cp', '-al', venv(), join(served, 'venv')]);
  ask(['cp', '-a', project(), join(served, 'project')]);
  const cluster = startCluster({ nodes, processors: RANKS_PER_NODE, serves: served, options: ['keep_cache'] });
  // Without its delays: what is counted does not depend on them.
  cluster.control('enabled=0');
  const down = () => {
    cluster.down();
    rmSync(served, { recursive: true, force: true });
  };
  const job = [join(cluster.mount, 'venv/bin/python'), join(cluster.mount, 'project/place.py')];
  const [made, image] = [join(cluster.shared, 'image'), join(cluster.mount, 'image')];
  const packed = cluster.node('n1', [
    'env',
    'SLURM_PROCID=0',
    join(root, 'pharos'),
    'pack',
    '--to',
    made,
    '--',
    ...job,
  ]);
  if (packed.status !== 0) {
    down();
    throw new Error(packed.stderr);
  }
  ask(['cp', '-r', made, join(served, 'image')]);
  return { cluster, down, job, made, launch: join(image, 'launch'), bytes: statSync(join(made, 'launch')).size };
}

const stagesOn = (cluster: Cluster, node: string): string =>
  cluster.node(node, ['sh', '-c', 'ls /tmp/pharos-0 2>/dev/null || :']).stdout.trim();

describe.skipIf(lacks('staging on a cluster', ...clusterNeeds, ...slowfsNeeds))('on a cluster', () => {
  let world: ReturnType<typeof startStaging>;
  beforeAll(() => {
    world = startStaging(NODES);
  });
  afterAll(() => world?.down());

  /** A batch job's output; the commands run on its first node. */
  function batch(nodes: number, lines: readonly string[], env: Readonly<Record<string, string>> = {}): Ran {
    const { cluster } = world;
    const [script, output] = [join(cluster.shared, 'batch.sh'), join(cluster.shared, 'batch.out')];
    writeFileSync(script, ['#!/bin/bash', ...lines, ''].join('\n'));
    const words = ['sbatch', '--wait', `-N${nodes}`, `--ntasks-per-node=${RANKS_PER_NODE}`, '--output', output];
    const ran = cluster.login([...words, script], { env });
    return { ...ran, stdout: readFileSync(output, 'utf8') };
  }

  const clean = (nodes: number) =>
    world.cluster.login(['srun', `-N${nodes}`, '--ntasks-per-node=1', 'sh', '-c', 'rm -rf /tmp/pharos-0']);

  test('64 ranks on 16 nodes are right, and each node reads the image once', () => {
    const { cluster, launch, job, bytes } = world;
    const before = cluster.control().clients;
    const step = ['srun', `-N${NODES}`, `--ntasks-per-node=${RANKS_PER_NODE}`, launch, '--keep', ...job];
    const ran = cluster.login(step);
    expect(ran.status, ran.stderr).toBe(0);
    expect(linesOf(ran)).toEqual(expected(names(NODES), RANKS_PER_NODE));
    const after = cluster.control().clients;
    for (const node of names(NODES)) {
      const read = (after[node]?.bytesRead ?? 0) - (before[node]?.bytesRead ?? 0);
      expect(read, node).toBeLessThanOrEqual(1.05 * bytes);
      expect(stagesOn(cluster, node), node).toMatch(/^[0-9a-f]{16}$/);
    }
    clean(NODES);
  });

  test('two jobs at once on a node share its stage, and the last one takes it away', () => {
    const { cluster, launch, job } = world;
    const step = `srun -N1 -w n2 -n2 ${launch} ${job.join(' ')}`;
    const ran = cluster.login(['sh', '-c', `${step} & ${step} & wait`]);
    expect(ran.stderr).toBe('');
    expect(linesOf(ran).sort()).toEqual([...expected(['n2'], 2), ...expected(['n2'], 2)].sort());
    expect(stagesOn(cluster, 'n2')).toBe('');
  });

  test('a rank that is killed while it stages leaves that to another one', () => {
    const { cluster, launch, job } = world;
    const tools = join(cluster.shared, 'tools');
    mkdirSync(tools);
    // The first tar ends the launch above it, as a node that runs out of memory does.
    const tar = `#!/bin/sh
case $1 in -x*) mkdir "${tools}/once" 2>/dev/null && at=$PPID && while grep -qa launch "/proc/$at/cmdline"; do
  up=$(cut -d' ' -f4 "/proc/$at/stat"); kill -KILL "$at"; at=$up
done;; esac
exec /usr/bin/tar "$@"
`;
    writeFileSync(join(tools, 'tar'), tar);
    chmodSync(join(tools, 'tar'), 0o755);
    const env = { PHAROS_TOOL_PATH: `${tools}:/usr/bin:/bin` };
    const ran = cluster.login(['srun', '--kill-on-bad-exit=0', '-N1', '-w', 'n3', '-n4', launch, ...job], { env });
    expect(ran.stderr).toMatch(/Killed|signal 9/);
    const lines = linesOf(ran);
    expect(lines).toHaveLength(3);
    expect(expected(['n3'], 4)).toEqual(expect.arrayContaining(lines));
    clean(3);
  });

  test('sbcast brings the image to all nodes, and only the first one reads it', () => {
    const { cluster, launch, job, bytes } = world;
    const before = cluster.control().clients;
    const stage = `${launch} --stage --transport sbcast`;
    const ran = batch(4, [stage, `srun ${launch} ${job.join(' ')}`, `${launch} --clean`]);
    expect(ran.status, ran.stdout).toBe(0);
    expect(linesOf(said('the image is on 4 nodes, by sbcast', ran))).toEqual(expected(names(4), RANKS_PER_NODE));
    const after = cluster.control().clients;
    for (const node of names(4).slice(1)) {
      const read = (after[node]?.bytesRead ?? 0) - (before[node]?.bytesRead ?? 0);
      expect(read, node).toBeLessThan(bytes / 10);
      expect(stagesOn(cluster, node), node).toBe('');
    }
  });

  test('a job script runs as pharos launch edits it', () => {
    const { cluster, job, made } = world;
    const script = join(cluster.shared, 'job.sh');
    const head = `#!/bin/bash\n#SBATCH --nodes=2 --ntasks-per-node=4 --wait --output=job.out\n`;
    writeFileSync(script, `${head}srun ${job.join(' ')}\n`);
    const edited = join(cluster.shared, 'edited.sh');
    const ran = pharos(['launch', '--out', edited, made, script]);
    expect(ran.status, ran.stderr).toBe(0);
    const submitted = cluster.login(['sbatch', edited]);
    const output = readFileSync(join(cluster.shared, 'job.out'), 'utf8');
    expect(submitted.status, submitted.stderr + output).toBe(0);
    const both = said('the image is on 2 nodes, by archive-per-node', { ...submitted, stdout: output });
    expect(linesOf(both)).toEqual(expected(names(2), 4));
  });
});
