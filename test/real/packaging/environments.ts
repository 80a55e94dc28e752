import { dirname, join } from 'node:path';
import { systemPython } from '../examples.ts';
import { madeOnce } from '../made-once.ts';
import { environmentOf } from '../mpi-kits.ts';
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

/** By uv, from its cache: a dozen environments by pip take minutes. */
function installByUv(folder: string, packages: readonly string[]) {
  const uv = join(dirname(environmentOf('uv', ['uv==0.13.9'])), 'uv');
  const env = { UV_CACHE_DIR: join(root, 'build/packaging/uv-cache'), UV_PYTHON_DOWNLOADS: 'never' };
  ask([uv, 'venv', '--quiet', '--clear', '--python', systemPython, folder], { env });
  const python = join(folder, 'bin/python');
  ask([uv, 'pip', 'install', '--quiet', '--only-binary', ':all:', '--python', python, ...packages], {
    env,
    seconds: 600,
  });
}

const PACKAGES = {
  arrays: ['jax[cpu]==0.10.2', 'flax==0.12.8'],
  columns: ['polars==2.1.0', 'duckdb==2.0.0', 'pyarrow==26.0.1', 'numba==0.68.1'],
  earth: ['rasterio==1.4.4', 'pyproj==3.7.2', 'shapely==2.2.0', 'xarray==2026.9.0', 'netCDF4==1.7.5.1.post1'],
  images: ['opencv-python-headless==5.0.0.93', 'scikit-image==0.26.0', 'pillow==13.0.0'],
  molecules: ['mdanalysis==2.11.0', 'openmm==8.6.1', 'ase==3.29.0'],
  notebooks: ['jupyterlab==4.6.6', 'debugpy==1.8.22', 'pyzmq==27.3.0'],
  parallel: ['mpi4py==4.1.2', 'cupy-cuda12x==14.2.0', 'dask==2026.8.0'],
  services: ['grpcio==1.85.1', 'psycopg2-binary==2.9.13', 'cryptography==50.0.2', 'lxml==6.1.3', 'uvloop==0.23.0'],
  trees: ['xgboost==3.2.0', 'lightgbm==4.7.0', 'scikit-learn==1.9.1'],
  views: ['vtk==9.7.2', 'PyQt6==6.11.0'],
} as const;
export type Healthy = keyof typeof PACKAGES;

export const healthyNames = Object.keys(PACKAGES) as Healthy[];

/** What people of several fields install: native code of many makers, with parts for what is not on this machine. */
export const healthy = (name: Healthy): string => made(name, (folder) => installByUv(folder, PACKAGES[name]));

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
