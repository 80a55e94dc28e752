import { join } from 'node:path';
import { systemPython } from '../examples.ts';
import { madeOnce } from '../made-once.ts';
import { ask, root } from '../run.ts';

// Environments and wheels as users have them, below build/packaging/. Each is made once.

const made = madeOnce(import.meta.dirname, 'environments.ts', join(root, 'build/packaging'));

const WHEELS = ['--quiet', '--disable-pip-version-check', '--only-binary', ':all:'];

function install(folder: string, ...packages: readonly string[]) {
  ask([systemPython, '-m', 'venv', folder]);
  ask([join(folder, 'bin/python'), '-m', 'pip', 'install', '--no-compile', ...WHEELS, ...packages], { seconds: 900 });
}

/** What an analyst of data installs: compiled packages of many makers. */
export const analysis = (): string =>
  made('analysis', (folder) =>
    install(
      folder,
      ...['numpy==2.2.6', 'scipy==1.15.3', 'pandas==2.3.3', 'scikit-learn==1.7.2', 'matplotlib==3.10.7'],
      ...['h5py==3.15.1', 'netCDF4==1.7.2', 'mpi4py==4.1.1', 'pyarrow==22.0.0', 'lxml==6.0.2'],
    ),
  );

/** Wheels for other machines, taken apart: of AArch64, ppc64le, s390x (big-endian), musl and a Python without GIL. */
export const foreignWheels = (): string =>
  made('foreign', (folder) => {
    const wheels: readonly (readonly [platform: string, abi: string, version: string, name: string])[] = [
      ['manylinux2014_aarch64', 'cp310', '310', 'numpy==1.26.4'],
      ['manylinux2014_ppc64le', 'cp310', '310', 'cffi==2.0.0'],
      ['manylinux2014_s390x', 'cp310', '310', 'cffi==2.0.0'],
      ['musllinux_1_2_x86_64', 'cp311', '311', 'numpy==2.2.6'],
      ['manylinux2014_x86_64', 'cp313t', '313', 'numpy==2.2.6'],
    ];
    for (const [platform, abi, version, name] of wheels) {
      const at = join(folder, `${platform}-${abi}`);
      const of = ['--platform', platform, '--implementation', 'cp', '--abi', abi, '--python-version', version];
      ask([systemPython, '-m', 'pip', 'download', ...WHEELS, '--no-deps', ...of, '--dest', at, name], { seconds: 300 });
      ask(['sh', '-c', `cd '${at}' && ${systemPython} -m zipfile -e *.whl files`], { seconds: 300 });
    }
  });
