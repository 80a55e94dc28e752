import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PackagePlan } from '#schema';
import { pharos } from './run.ts';
import { scratchFolder } from './samples.ts';

// `pharos plan packages` without uv, which test/real/packaging tries: what is asked for is planned all the same.

const cwd = scratchFolder('plan');
const env = { ...process.env, PATH: '/usr/bin:/bin' };

/** A site as its makers document it; synthetic. */
const SITE = {
  kind: 'pharos-site',
  version: 1,
  name: 'Trial 2.0',
  partitions: {
    cpu: {
      machine: 'x86_64',
      glibc: '2.34',
      pmi: ['none', 'pmi2', 'pmix', 'pmix_v4'],
      pmiDefault: 'none',
      mpis: [
        {
          family: 'openmpi',
          version: '5.0.5',
          library: '/sw/openmpi/5.0.5/lib/libmpi.so.40.40.5',
          soname: 'libmpi.so.40',
          needed: ['libopen-pal.so.80', 'libpmix.so.2'],
          prefix: '/sw/openmpi/5.0.5',
          compiler: '/sw/openmpi/5.0.5/bin/mpicc',
          launcher: '/sw/openmpi/5.0.5/bin/mpirun',
          modules: ['gcc/13.3', 'openmpi/5.0.5'],
        },
      ],
      libraries: [
        { name: 'hdf5', version: '1.14.5', prefix: '/sw/hdf5/1.14.5', mpi: 'openmpi', modules: ['hdf5/1.14.5'] },
      ],
      gpu: { kind: 'none' },
    },
  },
  login: { glibc: '2.39' },
};

writeFileSync(join(cwd, 'site.json'), JSON.stringify(SITE));
writeFileSync(join(cwd, 'more.txt'), 'h5py >=3\ncolorama; sys_platform == "win32"\n');
writeFileSync(join(cwd, 'requirements.txt'), '-r more.txt\nmpi4py==4.1.2\nmpich\ntorch\nPyYAML\npetsc4py\n./local\n');

const plan = (...words: readonly string[]) => pharos(['plan', 'packages', ...words], { cwd, env });
const planned = (...words: readonly string[]) => plan('requirements.txt', '--site', 'site.json', ...words);

test('the page has 80 columns, and what depends on the site comes first', () => {
  const { status, stdout } = planned('--parallel', 'h5py');
  expect({ status, wide: stdout.split('\n').filter((line) => line.length > 80) }).toEqual({ status: 0, wide: [] });
  expect(stdout).toMatchSnapshot();
});

test('as JSON it is of the format that is told', () => {
  const { status, stdout } = planned('--json');
  expect(status).toBe(0);
  const read = PackagePlan.parse(JSON.parse(stdout));
  expect(read).toMatchObject({
    site: 'Trial 2.0',
    partitions: ['cpu'],
    glibc: '2.34',
    start: { command: 'srun --mpi=pmix' },
  });
  expect(read.decisions.map(({ name }) => name)).not.toContain('colorama');
});

test('files are written into a folder of their own, and written again', () => {
  for (const _ of [1, 2]) expect(planned('--parallel', 'h5py', '--output', 'out')).toMatchObject({ status: 0 });
  const written = readdirSync(join(cwd, 'out'), { recursive: true }).map(String).sort();
  expect(written).toEqual([
    'README.md',
    'environment.sh',
    'modulefiles',
    'modulefiles/lmod',
    'modulefiles/lmod/pharos-Trial-2-0.lua',
    'modulefiles/tcl',
    'modulefiles/tcl/pharos-Trial-2-0',
    'packages.yaml',
    'plan.json',
    'pyproject-part.toml',
    'uv.toml',
  ]);
  for (const name of [
    'environment.sh',
    'modulefiles/lmod/pharos-Trial-2-0.lua',
    'modulefiles/tcl/pharos-Trial-2-0',
    'uv.toml',
  ]) {
    expect(readFileSync(join(cwd, 'out', name), 'utf8')).toMatchSnapshot(name);
  }
});

test('nothing of others is written over', () => {
  mkdirSync(join(cwd, 'full'));
  writeFileSync(join(cwd, 'full/uv.toml'), 'offline = true\n');
  expect(planned('--output', 'full')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('has files, and no plan'),
  });
  expect(planned('--output', 'mine').status).toBe(0);
  writeFileSync(join(cwd, 'mine/environment.sh'), 'mine\n');
  expect(planned('--output', 'mine')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('was not written by pharos'),
  });
  expect(readFileSync(join(cwd, 'mine/environment.sh'), 'utf8')).toBe('mine\n');
});

function siteFile(name: string, value: unknown): string {
  writeFileSync(join(cwd, name), typeof value === 'string' ? value : JSON.stringify(value));
  return name;
}

test.for<[string, readonly string[], string]>([
  ['no site', ['requirements.txt', '--site', 'gone.json'], 'gone.json: no such file or folder'],
  ['no JSON', ['requirements.txt', '--site', siteFile('text.json', 'hello')], 'it is not a site file'],
  ['another version', ['requirements.txt', '--site', siteFile('new.json', { ...SITE, version: 2 })], 'of version 2'],
  [
    'a wrong fact',
    ['requirements.txt', '--site', siteFile('odd.json', { ...SITE, partitions: { a: { mpis: 1 } } })],
    'partitions.a.mpis',
  ],
  ['no requirements', ['gone.txt', '--site', 'site.json'], 'gone.txt: no such file or folder'],
  ['no partition', ['requirements.txt', '--site', 'site.json', '--partition', 'gpu'], 'no partition gpu'],
  ['no MPI', ['requirements.txt', '--site', 'site.json', '--mpi', 'mpich'], 'no MPI mpich'],
  ['a build without a place', ['requirements.txt', '--site', 'site.json', '--build'], 'no folder to build into'],
  ['no site named', ['requirements.txt'], '--site'],
])('%s is told', ([, words, said]) => {
  const { status, stdout, stderr } = plan(...words);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(said);
});
