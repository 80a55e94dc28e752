import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Machine, Site } from '#schema';
import { inJob, machineRecording } from '../recordings/machine-draft.ts';
import { stepRecordings } from '../recordings/step-draft.ts';
import { pharos } from './run.ts';
import { scratchFolder, writeSample } from './samples.ts';

const cwd = scratchFolder('host');
writeSample(join(cwd, 'login.pharos'), machineRecording());
writeSample(join(cwd, 'gpu.pharos'), machineRecording(inJob('gpu')));
writeSample(join(cwd, 'unnamed.pharos'), machineRecording({ host: { nodeName: 'n1', scheduler: 'flux' } }));
writeSample(join(cwd, 'step.pharos'), stepRecordings()[0]);
writeFileSync(join(cwd, 'mine.json'), '{"mine": true}');

const run = (...words: readonly string[]) => pharos(words, { cwd });

test('this machine is told, and kept where that is asked for', () => {
  const { status, stdout, stderr } = run('host', '--json', '--out', 'here');
  expect({ status, stderr }).toEqual({ status: 0, stderr: 'wrote here.pharos\n' });
  expect(Machine.parse(JSON.parse(stdout)).nodes).toHaveLength(1);
  expect(run('host', 'here.pharos', '--json').stdout).toBe(stdout);
});

test('the page of a machine has 80 columns', () => {
  const { status, stdout } = run('host', 'login.pharos');
  expect({ status, wide: stdout.split('\n').filter((line) => line.length > 80) }).toEqual({ status: 0, wide: [] });
  expect(stdout).toMatchSnapshot();
});

test('recordings are merged by partition, and merged again', () => {
  for (const _ of [1, 2]) {
    const { status, stdout, stderr } = run('site', 'merge', 'login.pharos', 'gpu.pharos', 'batch=unnamed.pharos');
    expect({ status, stderr }).toEqual({ status: 0, stderr: 'wrote site.json\n' });
    expect(stdout).toMatchSnapshot();
  }
  const site = Site.parse(JSON.parse(readFileSync(join(cwd, 'site.json'), 'utf8')));
  expect({ name: site.name, partitions: Object.keys(site.partitions) }).toEqual({
    name: 'trial',
    partitions: ['gpu', 'batch'],
  });
});

test('what is merged is planned for', () => {
  run('site', 'merge', 'gpu.pharos', '--out', 'planned.json');
  writeFileSync(join(cwd, 'requirements.txt'), 'h5py\n');
  const planned = pharos(
    ['plan', 'packages', 'requirements.txt', '--site', 'planned.json', '--parallel', 'h5py', '--json'],
    { cwd, env: { ...process.env, PATH: '/usr/bin:/bin' } },
  );
  const [decision] = JSON.parse(planned.stdout).decisions;
  expect(decision).toMatchObject({
    name: 'h5py',
    from: 'rebuild',
    build: { variables: expect.arrayContaining([{ name: 'HDF5_DIR', value: '/sw/hdf5/1.14.5' }]) },
  });
});

test.for([
  ['a file that is not there', ['host', 'none.pharos'], 'no such file'],
  ['a recording of a job', ['host', 'step.pharos'], 'not of a machine'],
  ['a job whose partition is not told', ['site', 'merge', 'unnamed.pharos'], 'Name the partition'],
  ['a file of somebody else', ['site', 'merge', 'gpu.pharos', '-o', 'mine.json'], 'was not written by pharos'],
  ['a machine of a job as login', ['site', 'merge', 'login=gpu.pharos'], 'named login'],
  ['seconds that are none', ['host', '--seconds', 'x'], 'seconds'],
  ['no files', ['site', 'merge'], 'files'],
] as const)('%s is a clear error', ([, words, said]) => {
  const { status, stdout, stderr } = run(...words);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(said);
  expect(stderr).toMatch(/^error: .*\nhint: .*\n$/);
  expect(readFileSync(join(cwd, 'mine.json'), 'utf8')).toBe('{"mine": true}');
});

test('what a machine says of itself cannot speak to the terminal', () => {
  const [first, ...rest] = machineRecording().facts.installedMpi;
  if (!first) throw new Error('there is no MPI');
  const mpis = [{ ...first, version: '\u001b]0;owned\u0007', compiler: '/x\u001b[2J' }, ...rest];
  writeSample(join(cwd, 'hostile.pharos'), machineRecording({ mpis, host: { nodeName: '\u001b[31mn' } }));
  const { status, stdout } = run('host', 'hostile.pharos');
  expect(status).toBe(0);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what must not be there
  expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/);
  expect(run('site', 'merge', 'hostile.pharos', '-o', 'h.json').stdout).not.toContain('\u001b');
});

test('a program that hangs costs its own answer only', () => {
  const programs = join(cwd, 'bin');
  mkdirSync(programs);
  for (const name of ['srun', 'sinfo', 'mpicc', 'fi_info']) {
    writeFileSync(join(programs, name), '#!/bin/sh\nsleep 300\n');
    chmodSync(join(programs, name), 0o755);
  }
  const env = { ...process.env, PATH: `${programs}:${process.env.PATH}` };
  const { status, stdout } = pharos(['host', '--json', '--seconds', '10', '--out', 'hung.pharos'], { cwd, env });
  expect(status).toBe(0);
  const machine = Machine.parse(JSON.parse(stdout));
  expect(machine.notTold.filter(({ isAbsent }) => !isAbsent).map(({ what }) => what)).toContain('Slurm');
  expect(machine.machine).toBeDefined();
  expect(existsSync(join(cwd, 'hung.pharos'))).toBe(true);
});
