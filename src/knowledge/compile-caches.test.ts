import { expect, test } from 'vitest';
import file from '../../knowledge/compile-caches.json' with { type: 'json' };
import { compileCaches } from './compile-caches.ts';

test('each cache names its source', () => {
  for (const { name, source } of file.caches) expect(source, name).toMatch(/https:/);
});

test.for<[string, string]>([
  ['Numba', '/env/lib/python3.11/site-packages/pkg/__pycache__/kernel.solve-12.py311.nbi'],
  ['Matplotlib', '~/.cache/matplotlib/fontlist-v390.json'],
  ['Triton', '~/.triton/cache/abc/kernel.cubin'],
  ['CUDA', '~/.nv/ComputeCache/index'],
  ['CuPy', '~/.cupy/kernel_cache/x.cubin'],
])('%s: %s', ([name, path]) => {
  expect(compileCaches.filter((cache) => cache.path.test(path)).map((cache) => cache.name)).toEqual([name]);
});
