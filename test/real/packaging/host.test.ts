import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Machine, type Site } from '#schema';
import { clusterNeeds, startCluster } from '../cluster.ts';
import { lacks } from '../machine.ts';
import { pharos } from '../pharos.ts';
import { ask, root } from '../run.ts';
import type { Cluster } from '../worlds.ts';
import { debianSite, lacksOfSite } from './debian-site.ts';
import { lacksModules, type ModuleSystem, moduleSystems } from './module-systems.ts';

// What `pharos host` tells of this machine, beside what dpkg, ldconfig, Slurm and the module systems say of it.

const scratch = join(root, 'build/packaging/host');

function machineOf(env: NodeJS.ProcessEnv = {}): Machine {
  const { status, stdout, stderr } = pharos(['host', '--json'], { cwd: scratch, env });
  expect(status, stderr).toBe(0);
  return Machine.parse(JSON.parse(stdout));
}

const missing = lacksOfSite();
if (missing.length > 0)
  process.stderr.write(`skipped: the MPIs of this machine: there is no ${missing.join(', no ')}\n`);

beforeAll(() => {
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
});

describe.skipIf(missing.length > 0 || lacks('the MPIs of this machine', 'dpkg-query'))('both MPIs of Debian', () => {
  test('are told with their compilers, launchers and names, and so is the HDF5 of each', () => {
    const { local } = debianSite().partitions;
    const machine = machineOf({ LD_LIBRARY_PATH: '', MODULEPATH: '' });
    expect(machine).toMatchObject({ machine: local.machine, glibc: local.glibc });
    for (const { needed, modules, ...mpi } of local.mpis) {
      const found = machine.mpis.find(({ library }) => library === mpi.library);
      expect(found).toMatchObject({ ...mpi, foundAs: expect.arrayContaining(mpi.foundAs) });
      expect(found?.needed).toEqual(expect.arrayContaining([...needed]));
    }
    expect(machine.libraries).toEqual(
      expect.arrayContaining(local.libraries.map((one) => expect.objectContaining(one))),
    );
  });

  test('switched to different ones, compiler and launcher are told to differ', () => {
    const bin = join(scratch, 'bin');
    mkdirSync(bin);
    ask(['ln', '-s', '/usr/bin/mpicc.mpich', join(bin, 'mpicc')]);
    ask(['ln', '-s', '/usr/bin/mpirun.openmpi', join(bin, 'mpirun')]);
    const { stdout } = pharos(['host'], { cwd: scratch, env: { PATH: `${bin}:${process.env.PATH}` } });
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('mpicc builds for MPICH 4.0.2, and mpirun is of Open MPI 4.1.4');
  });
});

const lackingModules = lacksModules();
if (lackingModules.length > 0) process.stderr.write(`skipped: modules: there is no ${lackingModules.join(', no ')}\n`);

describe.skipIf(missing.length > 0 || lackingModules.length > 0)('an MPI that needs a module', () => {
  test.for(Object.keys(moduleSystems) as ModuleSystem[])('is told with it, of %s', (system) => {
    const [openMpi] = debianSite().partitions.local.mpis;
    const prefix = join(scratch, 'sw/openmpi/4.1.4');
    const modules = join(scratch, 'modules');
    mkdirSync(join(prefix, 'lib'), { recursive: true });
    mkdirSync(join(modules, 'openmpi'), { recursive: true });
    const library = join(prefix, 'lib/libmpi.so.40');
    copyFileSync(openMpi?.library ?? '', library);
    writeFileSync(join(modules, 'openmpi/4.1.4'), `#%Module1.0\nprepend-path LD_LIBRARY_PATH ${prefix}/lib\n`);
    const program = moduleSystems[system].program();
    const command = join(scratch, `module-${moduleSystems[system].kind}`);
    writeFileSync(command, `#!/bin/sh\nexec ${program} "$@"\n`, { mode: 0o755 });
    const variable = moduleSystems[system].kind === 'lmod' ? 'LMOD_CMD' : 'MODULES_CMD';
    const machine = machineOf({ [variable]: command, MODULEPATH: modules });
    expect(machine.modules).toEqual(['openmpi/4.1.4']);
    expect(machine.mpis.find((one) => one.library === library)).toMatchObject({
      family: 'openmpi',
      modules: ['openmpi/4.1.4'],
    });
  });
});

describe.skipIf(missing.length > 0 || lackingModules.length > 0)('an MPI that a hierarchy of Lmod hides', () => {
  test('is told with all that has to be loaded for it, in order', () => {
    const [openMpi] = debianSite().partitions.local.mpis;
    const place = join(scratch, 'hierarchy');
    const prefix = join(place, 'sw/openmpi/4.1.4');
    for (const folder of [join(prefix, 'lib'), join(place, 'Core/gcc'), join(place, 'gcc-12/openmpi')]) {
      mkdirSync(folder, { recursive: true });
    }
    const library = join(prefix, 'lib/libmpi.so.40');
    copyFileSync(openMpi?.library ?? '', library);
    writeFileSync(join(place, 'Core/gcc/12.2.lua'), `prepend_path("MODULEPATH", "${place}/gcc-12")\n`);
    const text = `prepend_path("LD_LIBRARY_PATH", "${prefix}/lib")\n`;
    writeFileSync(join(place, 'gcc-12/openmpi/4.1.4.lua'), text);
    const machine = machineOf({ LMOD_CMD: moduleSystems.Lmod.program(), MODULEPATH: join(place, 'Core') });
    expect(machine.modules).toEqual(['gcc/12.2']);
    expect(machine.mpis.find((one) => one.library === library)).toMatchObject({
      modules: ['gcc/12.2', 'openmpi/4.1.4'],
    });
  });
});

describe.skipIf(lacks('host on a cluster', ...clusterNeeds))('on a cluster', () => {
  let cluster: Cluster;
  beforeAll(() => {
    cluster = startCluster({ nodes: 2, processors: 2 });
    pharos(['collector', '--to', join(cluster.shared, 'pharos-collect.pyz')]);
  });
  afterAll(() => cluster?.down());

  const merged = (): Site => {
    const { status, stdout, stderr } = pharos(['site', 'merge', 'login.pharos', 'main.pharos', '--json'], {
      cwd: cluster.shared,
    });
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout) as Site;
  };

  test('a login machine and the node of a batch job are told apart and merged', () => {
    const collect = 'python3 pharos-collect.pyz host -o';
    const login = cluster.login(['sh', '-c', `${collect} login.pharos`]);
    expect(login, login.stderr).toMatchObject({ status: 0 });
    const job = cluster.login(['sbatch', '--wait', '-p', 'main', '--wrap', `${collect} main.pharos`]);
    expect(job, job.stderr).toMatchObject({ status: 0 });
    const site = merged();
    expect(site).toMatchObject({ name: 'pharos', partitions: { main: { scheduler: 'slurm' } }, login: {} });
    expect(site.partitions.main?.nodes[0]).toMatch(/^n[12]$/);
    const told = cluster.login(['srun', '--mpi=list']);
    for (const name of site.partitions.main?.pmi ?? []) expect(told.stdout + told.stderr).toContain(name);
    expect(site.partitions.main).toMatchObject({ pmi: expect.arrayContaining(['pmix', 'pmi2']), pmiDefault: 'pmix' });
    expect(site.partitions.main?.slurmPartitions).toMatchObject([{ name: 'main', isDefault: true, nodes: 2, cpus: 2 }]);
  });

  test('an allocation starts no job for it, and its shell on the login machine is no job', () => {
    const { status } = cluster.login([
      'salloc',
      '--quiet',
      'sh',
      '-c',
      'python3 pharos-collect.pyz host -o shell.pharos',
    ]);
    expect(status).toBe(0);
    const steps = cluster.login(['squeue', '--noheader', '--steps']);
    expect(steps.stdout.trim()).toBe('');
    const { stdout } = pharos(['host', 'shell.pharos', '--json'], { cwd: cluster.shared });
    expect(Machine.parse(JSON.parse(stdout))).not.toHaveProperty('scheduler');
  });

  test('a step of two nodes leaves one recording a node', () => {
    const step = ['srun', '-N2', '-n4', 'python3', 'pharos-collect.pyz', 'host', '-o', 'step.pharos'];
    expect(cluster.login(step).status).toBe(0);
    const nodes = ['n1', 'n2'].map((node) => `step.${node}.pharos`);
    const { status, stdout } = pharos(['site', 'merge', ...nodes, '--out', 'step.json', '--json'], {
      cwd: cluster.shared,
    });
    expect(status).toBe(0);
    expect((JSON.parse(stdout) as Site).partitions.main?.nodes).toEqual(['n1', 'n2']);
  });
});
