import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ImageManifest } from '#schema';
import { pharos } from './run.ts';
import { scratchFolder } from './samples.ts';

const cwd = scratchFolder('launch');
const zeros = '0'.repeat(64);
const manifest: ImageManifest = {
  format: 'pharos-image',
  version: 1,
  made: { pharos: '0.1.0' },
  digest: zeros,
  machine: { architecture: 'x86_64' },
  python: {
    version: '3.11.2',
    cacheTag: 'cpython-311',
    executable: '/lustre/u/env/bin/python',
    prefix: '/lustre/u/env',
    basePrefix: '/usr',
    packed: false,
  },
  script: '/lustre/u/project/app.py',
  roots: [],
  layers: [],
  files: [],
  templates: [],
  prefixes: [],
  site: [],
};
writeImage('env.image', manifest);
const JOB = '#!/bin/bash\n#SBATCH -N 4\nsrun -n 16 python app.py \u00e9\n';
writeFileSync(join(cwd, 'job.sh'), JOB);
chmodSync(join(cwd, 'job.sh'), 0o750);

function writeImage(name: string, content: unknown): void {
  mkdirSync(join(cwd, name));
  writeFileSync(join(cwd, name, 'manifest.json'), JSON.stringify(content));
  writeFileSync(join(cwd, name, 'launch'), '#!/bin/sh\nexit 0\n');
}

const launch = (...args: string[]) => pharos(['launch', ...args], { cwd });
const program = join(cwd, 'env.image/launch');

test('the edit of a script is a diff that patch applies; the script itself stays', () => {
  const { status, stdout, stderr } = launch('env.image', 'job.sh');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(readFileSync(join(cwd, 'job.sh'), 'utf8')).toBe(JOB);
  writeFileSync(join(cwd, 'patched.sh'), JOB);
  expect(spawnSync('patch', ['patched.sh'], { cwd, input: stdout }).status).toBe(0);
  const patched = readFileSync(join(cwd, 'patched.sh'), 'utf8');
  expect(patched).toContain(`\n${program} --stage || exit\n`);
  expect(patched).toContain(`${program} python app.py \u00e9\n`);

  expect(launch('env.image', 'job.sh', '--out', 'edited.sh')).toMatchObject({ status: 0, stdout: '' });
  expect(readFileSync(join(cwd, 'edited.sh'), 'utf8')).toBe(patched);
  expect(statSync(join(cwd, 'edited.sh')).mode & 0o777).toBe(0o750);
});

test('no script is ever written over', () => {
  const { status, stderr } = launch('env.image', 'job.sh', '--out', 'job.sh');
  expect(status).toBe(2);
  expect(stderr).toContain('job.sh exists and was not written by pharos');
  expect(readFileSync(join(cwd, 'job.sh'), 'utf8')).toBe(JOB);
});

test('without a script, a new one is written for the command of the image or the one that is typed', () => {
  const asked = ['--for', 'slurm', '--nodes', '16', '--ranks-per-node', '4', '--minutes', '5'];
  const { stdout } = launch(...asked, 'env.image');
  expect(stdout).toContain('#SBATCH --nodes=16\n#SBATCH --ntasks-per-node=4\n#SBATCH --time=00:05:00\n');
  expect(stdout.replaceAll('\\\n  ', '')).toContain(
    `srun ${program} /lustre/u/env/bin/python /lustre/u/project/app.py\n`,
  );
  expect(launch(...asked, 'env.image', '--', 'python', 'a b.py').stdout.replaceAll('\\\n  ', '')).toContain(
    `${program} python 'a b.py'\n`,
  );
  expect(launch(...asked, '--out', 'new.sh', 'env.image').status).toBe(0);
  expect(statSync(join(cwd, 'new.sh')).mode & 0o111).not.toBe(0);
});

test('what cannot be done is said, and nothing is written', () => {
  writeFileSync(join(cwd, 'doubt.sh'), 'srun --strange python app.py\n');
  writeFileSync(join(cwd, 'none.sh'), 'echo\n');
  writeFileSync(join(cwd, 'huge.sh'), '#'.repeat(2 ** 20 + 1));
  writeImage('hostile', { ...manifest, roots: '\u001b[31m' });
  const cases: readonly (readonly [args: readonly string[], message: string])[] = [
    [['env.image', 'doubt.sh'], 'doubt.sh:1: left as it is: what --strange takes is not known'],
    [['env.image', 'none.sh'], 'none.sh has no command to start from the image'],
    [['env.image', 'huge.sh'], 'it is longer than any job script'],
    [['env.image', 'absent.sh'], 'absent.sh: '],
    [['env.image', '.'], 'it is not a file'],
    [['hostile', 'job.sh'], 'hostile is not an image'],
    [['env.image'], 'nothing to say which kind a new one is'],
    [['env.image', 'job.sh', '--', 'python'], 'there is a script (job.sh) and a command after --'],
  ];
  for (const [args, message] of cases) {
    const { status, stdout, stderr } = launch(...args, '--out', 'never.sh');
    expect({ status, stdout }, message).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).not.toContain('\u001b');
  }
  expect(existsSync(join(cwd, 'never.sh'))).toBe(false);
});
