import { expect, test } from 'vitest';
import { libraryKind } from './library-kinds.ts';

test.for([
  ['/usr/lib/x86_64-linux-gnu/libmpi.so.40', 'MPI'],
  ['/opt/cray/pe/lib64/libmpi_gnu_91.so.12', 'MPI'],
  ['libmpi_mpifh.so.40', undefined],
  ['/env/numpy.libs/libscipy_openblas64_-32a4b2a6.so', 'BLAS'],
  ['/usr/lib/libopenblasp-r0.3.21.so', 'BLAS'],
  ['/env/torch/lib/libgomp-a34b3233.so.1', 'OpenMP'],
  ['/env/nvidia/cuda_runtime/lib/libcudart.so.12', 'CUDA'],
  ['/usr/lib/libcuda.so.1', 'CUDA'],
  ['/usr/lib/libcudnn.so.9', undefined],
  ['/env/libblastoise.so', undefined],
  ['/usr/lib/libc.so.6', undefined],
] as const)('%s is %s', ([path, kind]) => {
  expect(libraryKind(path)).toBe(kind);
});
