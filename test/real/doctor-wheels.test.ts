import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { doctorLine, listNodeFiles, stepReport, verdictOf } from './doctor.ts';
import { environmentOf } from './mpi-kits.ts';
import { pharos } from './pharos.ts';
import { ask } from './run.ts';
import { scratch } from './scratch.ts';

beforeAll(() => {
  pharos(['--version']); // makes the collector
});

/** The report and the page of a look at this Python's command. */
function look(python: string, code: string, env = {}) {
  const stem = join(scratch('wheels'), 'step');
  ask(doctorLine(stem, [python, '-c', code], ['--passthrough']), { env });
  const files = listNodeFiles(stem);
  return { report: stepReport(files), page: pharos(['doctor', ...files]).stdout };
}

const messages = (python: string, code: string, audit: string, env = {}) => {
  const { report, page } = look(python, code, env);
  const verdict = verdictOf(report, audit);
  return { page, verdict, told: verdict.kind === 'fail' ? verdict.findings.map(({ message }) => message) : [] };
};

describe('wheels that clash', () => {
  test("Intel's and LLVM's OpenMP in one process are told as an error, with the packages that brought them", () => {
    const python = environmentOf('openmp', ['intel-openmp==2021.4.0', 'cmeel-libomp==21.1.8']);
    const folder = join(python, '../../lib');
    const llvm = join(folder, 'python3.11/site-packages/cmeel.prefix/lib/libomp.so');
    const other = existsSync(llvm) ? llvm : ask(['find', folder, '-name', 'libomp.so']).trim();
    const load = `import ctypes; [ctypes.CDLL(path) for path in (${JSON.stringify(join(folder, 'libiomp5.so'))}, ${JSON.stringify(other)})]`;
    const { told, page, verdict } = messages(python, load, 'twin-openmp');
    expect(told[0]).toContain("Intel's libiomp5 and LLVM's libomp are in one process");
    expect(verdict).toMatchObject({ findings: [{ severity: 'error' }] });
    expect(page).toContain('fix: Take both packages from one source');
  });

  test('two HDF5 libraries that keep apart are no finding: both packages write and read what they should', () => {
    const python = environmentOf('hdf5', ['numpy==1.26.4', 'h5py==3.10.0', 'netCDF4==1.6.5']);
    const use = `
import os, tempfile, h5py, netCDF4
name = os.path.join(tempfile.mkdtemp(), "x.nc")
with netCDF4.Dataset(name, "w") as data:
    data.createDimension("t", 4)
    data.createVariable("v", "f8", ("t",))[:] = [0, 1, 2, 3]
assert h5py.File(name)["v"][:].sum() == 6 and h5py.version.hdf5_version != netCDF4.__hdf5libversion__
`;
    const { verdict } = messages(python, use, 'twin-hdf5');
    expect(verdict).toMatchObject({ kind: 'pass', notes: [expect.stringContaining('h5py.libs')] });
  });

  test('a PYTHONPATH that hides the version of the environment is told with both versions', () => {
    const python = environmentOf('hidden', ['packaging==24.2']);
    const folder = scratch('hides');
    ask([python, '-m', 'pip', 'install', '--quiet', '--target', folder, 'packaging==23.2'], { seconds: 300 });
    const { told, page } = messages(python, 'import packaging.version', 'twin-distribution', { PYTHONPATH: folder });
    expect(told[0]).toMatch(/packaging.*23\.2|23\.2.*packaging/);
    expect(page).toContain('24.2');
  });

  test('one numerical environment of wheels is healthy', () => {
    const python = environmentOf('numerical', ['numpy', 'scipy', 'scikit-learn']);
    const { page } = look(python, 'import numpy, scipy.linalg, sklearn.cluster');
    expect(page).toContain('Nothing is plainly wrong');
    expect(page.trimEnd().split('\n').length).toBeLessThanOrEqual(5);
  });
});
