import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { EnvironmentReport, type ImportTrial } from '#schema';
import { kits } from '../mpi-kits.ts';
import { pharos } from '../pharos.ts';
import { analysis, type Healthy, healthy } from './environments.ts';

// `pharos env --import` on environments as people install them: what Python really loads is what the loader's rules say.

const MODULES: Readonly<Record<Healthy | 'analysis', readonly string[]>> = {
  analysis: [
    ...['numpy', 'scipy.linalg', 'scipy.stats', 'pandas', 'sklearn.ensemble', 'matplotlib.pyplot'],
    ...['h5py', 'netCDF4', 'mpi4py.MPI', 'pyarrow.parquet', 'lxml.etree'],
  ],
  arrays: ['jax.numpy', 'flax'],
  columns: ['polars', 'duckdb', 'pyarrow.dataset', 'numba'],
  earth: ['rasterio', 'pyproj', 'shapely', 'xarray', 'netCDF4'],
  images: ['cv2', 'skimage.filters', 'PIL.Image'],
  molecules: ['MDAnalysis', 'openmm', 'ase.io'],
  notebooks: ['jupyterlab', 'debugpy', 'zmq'],
  parallel: ['mpi4py.MPI', 'dask.array'],
  services: ['grpc', 'psycopg2', 'cryptography.hazmat.primitives.ciphers', 'lxml.etree', 'uvloop'],
  trees: ['xgboost', 'lightgbm', 'sklearn.ensemble'],
  views: ['vtk', 'PyQt6.QtCore'],
};

/** Libraries of a desktop, which a machine of computation has not. */
const WITHOUT = { views: /^lib(?:GL|EGL|X11|xcb|Xrender|glib|gthread|dbus|fontconfig)/ } as const;

function importAll(name: keyof typeof MODULES): ImportTrial {
  const place = name === 'analysis' ? analysis() : healthy(name);
  const { stdout, stderr } = pharos(['env', place, '--import', MODULES[name].join(','), '--json'], { seconds: 200 });
  expect(stderr).toBe('');
  const { trial } = EnvironmentReport.parse(JSON.parse(stdout));
  if (!trial) throw new Error('nothing was imported');
  return trial;
}

describe('modules of healthy environments', () => {
  test.for(Object.keys(MODULES) as (keyof typeof MODULES)[])('%s load what is predicted', (name) => {
    const { agreed, differing, opened, modules, ended } = importAll(name);
    console.info(
      `imports of ${name}: ${agreed} libraries and modules as predicted, ${differing.length} otherwise, ${opened.length} opened by code`,
    );
    const without = name === 'views' ? WITHOUT.views : undefined;
    const failed = modules.filter(({ failed: error }) => error && !without?.test(error.text));
    expect({ differing, failed, ended }).toEqual({ differing: [], failed: [], ended: undefined });
    expect(agreed).toBeGreaterThan(5);
  });
});

describe('mpi4py beside MPICH of PyPI', () => {
  test('why and env name the library that it really opens', () => {
    const [python = ''] = kits['MPICH 5.0 wheel']?.() ?? [];
    const place = join(python, '../..');
    const library = join(place, 'lib/libmpi.so.12');
    const why = pharos(['why', place, 'libmpi.so.12']).stdout.replaceAll(/\s+/g, ' ');
    expect(why).toContain(`uses ${library} here (found by: virtual environment;`);
    expect(why).not.toContain('COPIES THAT NOBODY GETS');
    const { stdout } = pharos(['env', place, '--import', 'mpi4py.MPI', '--json']);
    const { trial, mpi4py } = EnvironmentReport.parse(JSON.parse(stdout));
    expect(mpi4py?.library).toBe(library);
    expect(trial).toMatchObject({ modules: [{ name: 'mpi4py.MPI' }], differing: [] });
    expect(trial?.modules[0]).toHaveProperty('seconds');
  });
});
