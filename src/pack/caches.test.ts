import { describe, expect, test } from 'vitest';
import { cachesOf } from './caches.ts';

const names = { home: '/home/ada', user: 'ada', host: 'login1' };
const of = (modules: readonly string[], environment: Readonly<Record<string, string>> = {}) =>
  cachesOf({ modules: new Set(modules) }, names, environment).map(({ variable, folder }) => `${variable} ${folder}`);

describe('the caches of a job', () => {
  test('are those of the packages that it imported, where they usually are', () => {
    expect(of(['json'])).toEqual([]);
    expect(of(['triton', 'torch'])).toEqual([
      'TRITON_CACHE_DIR /home/ada/.triton/cache',
      'TORCHINDUCTOR_CACHE_DIR /tmp/torchinductor_ada',
      'CUDA_CACHE_PATH /home/ada/.nv/ComputeCache',
    ]);
  });

  test('are where the environment says', () => {
    expect(of(['numba'], { NUMBA_CACHE_DIR: '/lustre/ada/numba' })).toContain('NUMBA_CACHE_DIR /lustre/ada/numba');
    expect(of(['triton'], { TRITON_CACHE_DIR: 'relative' })).toEqual([]);
  });

  test('are not moved where the variable would hide settings', () => {
    expect(cachesOf({ modules: new Set(['matplotlib']) }, names, {})).toEqual([
      {
        name: 'Matplotlib',
        variable: 'MPLCONFIGDIR',
        folder: '/home/ada/.cache/matplotlib',
        unless: '/home/ada/.config/matplotlib/matplotlibrc',
      },
    ]);
  });
});
