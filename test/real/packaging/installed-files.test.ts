import { globSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemPython } from '../examples.ts';
import { lacks } from '../machine.ts';
import { ask, run } from '../run.ts';
import { findingsIn } from './findings.ts';

// Files of an environment that are gone, that another distribution wrote over, or of which there are two kinds.

/** An environment, and the command of its pip. */
function environmentWith(...packages: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'pharos-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  ask([systemPython, '-m', 'venv', folder]);
  const python = join(folder, 'bin/python');
  const pip = [python, '-m', 'pip', '--disable-pip-version-check'];
  const install = (...args: readonly string[]) =>
    ask([...pip, 'install', '--quiet', '--only-binary', ':all:', ...args], { seconds: 300 });
  if (packages.length > 0) install(...packages);
  const [site = ''] = globSync(join(folder, 'lib/python3*/site-packages'));
  return { folder, python, pip, install, site };
}

test('modules that a clean-up took are told, which pip does not see, and the cure brings them back', () => {
  const { folder, python, pip, site } = environmentWith('click==8.1.8', 'pyyaml==6.0.3', 'six==1.17.0');
  expect(findingsIn(folder)).toEqual([]);
  for (const file of ['click/termui.py', ...globSync('yaml/_yaml*.so', { cwd: site }), 'six.py'])
    rmSync(join(site, file));
  expect(run([...pip, 'check']).status).toBe(0);
  expect(run([python, '-c', 'import click']).status).not.toBe(0);
  const findings = findingsIn(folder);
  expect(findings.map(({ audit, severity, subject }) => [audit, severity, subject])).toEqual([
    ['missing-files', 'warning', 'click'],
    ['missing-files', 'warning', 'PyYAML'],
    ['missing-files', 'warning', 'six'],
    // pip has a six of its own.
  ]);
  for (const { fix = '' } of findings) {
    const [command = ''] = /python -m pip install [^;]*/.exec(fix) ?? [];
    ask(['sh', '-c', command], { env: { PATH: `${dirname(python)}:/usr/bin:/bin` }, seconds: 300 });
  }
  expect(findingsIn(folder)).toEqual([]);
  expect(run([python, '-c', 'import click, yaml._yaml, six']).status).toBe(0);
});

test('of two builds of one package, whose files are there now', () => {
  const { folder, install } = environmentWith('polars==1.8.2');
  expect(findingsIn(folder)).toEqual([]);
  install('--no-deps', 'polars-lts-cpu==1.8.2');
  expect(findingsIn(folder)).toMatchObject([
    {
      audit: 'overwritten-files',
      severity: 'warning',
      message: expect.stringMatching(
        /polars 1\.8\.2 and polars-lts-cpu 1\.8\.2 .* 1 of them native, which are now those of polars-lts-cpu 1\.8\.2/,
      ),
    },
  ]);
});

const WRITE = `
import sys, tempfile, os
for name in sys.argv[1:]:
    __import__(name)
import h5py, netCDF4
folder = tempfile.mkdtemp()
netcdf = netCDF4.Dataset(os.path.join(folder, "a.nc"), "w")
netcdf.createDimension("x", 3)
netcdf.createVariable("v", "f8", ("x",))
netcdf.close()
with h5py.File(os.path.join(folder, "b.h5"), "w") as file:
    file.create_dataset("x", data=[1, 2]).make_scale("x")
`;

test('two packages over two HDF5 that share its other half cannot both write, and two that do not share it can', () => {
  const { folder, python, install } = environmentWith('h5py==3.15.1', 'netCDF4==1.7.3');
  const orders = [
    ['h5py', 'netCDF4'],
    ['netCDF4', 'h5py'],
  ];
  const statuses = () => orders.map((order) => run([python, '-c', WRITE, ...order]).status);
  expect(findingsIn(folder)).toMatchObject([{ audit: 'divided-library', severity: 'error' }]);
  expect(statuses()).toEqual([1, 1]);
  install('--no-deps', 'netCDF4==1.7.2');
  expect(findingsIn(folder)).toEqual([]);
  expect(statuses()).toEqual([0, 0]);
});

describe.skipIf(lacks('copies of one library', 'gcc'))('copies of one library', () => {
  const CALL = `
import ctypes, sys
for name in sys.argv[1:]:
    print(ctypes.CDLL(name, mode=ctypes.RTLD_GLOBAL).user(), end=" ", flush=True)
`;

  test('of which one lacks a symbol: which order of imports fails', () => {
    const { folder, python, site } = environmentWith();
    const module = (name: string) => join(site, name, '_core.abi3.so');
    for (const [name, functions] of [
      ['old', 'int rise(void) { return 1; }'],
      ['new', 'int rise(void) { return 2; }\nint set(void) { return 3; }'],
    ] as const) {
      const place = join(site, name);
      mkdirSync(place);
      writeFileSync(join(place, 'sun.c'), functions);
      const call = name === 'new' ? 'rise() + set()' : 'rise()';
      writeFileSync(join(place, 'user.c'), `int rise(void), set(void);\nint user(void) { return ${call}; }\n`);
      const library = join(place, 'libsun.so.1');
      ask(['gcc', '-shared', '-fPIC', '-Wl,-soname,libsun.so.1', '-o', library, join(place, 'sun.c')]);
      ask(['gcc', '-shared', '-fPIC', '-Wl,-z,now,-rpath,$ORIGIN', '-o', module(name), join(place, 'user.c'), library]);
    }
    expect(findingsIn(folder)).toMatchObject([
      {
        audit: 'unlike-copies',
        severity: 'warning',
        message: expect.stringMatching(/2 copies of libsun\.so\.1.*that of old lacks set, which new needs/),
      },
    ]);
    const inOrder = (...names: readonly string[]) => run([python, '-c', CALL, ...names.map(module)]);
    expect(inOrder('new', 'old')).toMatchObject({ status: 0, stdout: '5 2 ' });
    expect(inOrder('old', 'new')).toMatchObject({
      stdout: '1 ',
      stderr: expect.stringContaining('undefined symbol: set'),
    });
  });
});
