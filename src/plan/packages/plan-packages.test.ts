import { describe, expect, test } from 'vitest';
import type { LibraryNeeds, MpiNeeds, PackageDecision, PackagePlan, PartitionNeeds, SiteNeeds } from '#schema';
import { planPackages } from './plan-packages.ts';
import type { Choice } from './target.ts';
import type { Wanted } from './wanted.ts';

// Debian 12 with both of its MPIs, and made-up sites after what makers document.

const OPEN_MPI: MpiNeeds = {
  family: 'openmpi',
  version: '4.1.4',
  library: '/usr/lib/x86_64-linux-gnu/libmpi.so.40.30.4',
  soname: 'libmpi.so.40',
  needed: ['libopen-rte.so.40', 'libc.so.6'],
  compiler: '/usr/bin/mpicc.openmpi',
  launcher: '/usr/bin/mpirun.openmpi',
  modules: [],
  foundAs: ['libmpi.so', 'libmpi.so.40'],
};
const MPICH: MpiNeeds = {
  family: 'mpich',
  version: '4.0.2',
  library: '/usr/lib/x86_64-linux-gnu/libmpich.so.12.2.2',
  soname: 'libmpich.so.12',
  needed: ['libc.so.6'],
  compiler: '/usr/bin/mpicc.mpich',
  launcher: '/usr/bin/mpiexec.mpich',
  modules: [],
  foundAs: [],
};
const INTEL: MpiNeeds = {
  family: 'intel',
  version: '2021.15',
  library: '/opt/intel/oneapi/mpi/2021.15/lib/libmpi.so.12.0.0',
  soname: 'libmpi.so.12',
  compiler: '/opt/intel/oneapi/mpi/2021.15/bin/mpicc',
  launcher: '/opt/intel/oneapi/mpi/2021.15/bin/mpiexec.hydra',
  modules: ['intel-mpi/2021.15'],
  foundAs: [],
};
const hdf5 = (mpi: LibraryNeeds['mpi'], prefix = `/opt/hdf5-${mpi}`): LibraryNeeds => ({
  name: 'hdf5',
  version: '1.14.3',
  prefix,
  ...(mpi && { mpi }),
  modules: [],
});

const partition = (more: Partial<PartitionNeeds> = {}): PartitionNeeds => ({
  name: 'batch',
  isLogin: false,
  processor: {},
  mounts: [],
  machine: 'x86_64',
  glibc: '2.36',
  mpis: [OPEN_MPI],
  libraries: [],
  modules: [],
  hasSpack: false,
  hasConda: false,
  ...more,
});
const siteOf = (...partitions: readonly PartitionNeeds[]): SiteNeeds => ({ name: 'trial', partitions });
const want = (name: string, more: Partial<Wanted> = {}): Wanted => ({ name, extras: [], isAsked: true, ...more });
const choose = (more: Partial<Choice> = {}): Choice => ({
  parallel: new Set(),
  rebuild: new Set(),
  linksFolder: '/plan/lib',
  ...more,
});

function planOf(wanted: readonly Wanted[], site: SiteNeeds, more: Partial<Choice> = {}): PackagePlan {
  const plan = planPackages(wanted, site, choose(more));
  if (!plan.ok) throw new Error(plan.failure.message);
  return plan.value;
}

function decisionOf(wanted: Wanted, site: SiteNeeds, more: Partial<Choice> = {}): PackageDecision {
  const found = planOf([wanted], site, more).decisions.find(({ name }) => name === wanted.name);
  if (!found) throw new Error(`no decision of ${wanted.name}`);
  return found;
}

describe('mpi4py', () => {
  test('is its wheel, where that takes the MPI of the site by itself', () => {
    expect(decisionOf(want('mpi4py'), siteOf(partition()))).toMatchObject({ from: 'wheel', settings: [] });
  });

  test('is told which MPI to take, where another would be found first', () => {
    const site = siteOf(partition({ mpis: [OPEN_MPI, INTEL] }));
    expect(decisionOf(want('mpi4py'), site, { mpi: 'intel' })).toMatchObject({
      from: 'setting',
      because: expect.stringContaining('would take Open MPI before 5 (4.1.4)'),
      settings: [{ name: 'MPI4PY_LIBMPI', value: INTEL.library }],
    });
  });

  test('finds MPICH under the name that it asks for, where the site calls it otherwise', () => {
    const site = siteOf(partition({ mpis: [OPEN_MPI, MPICH] }));
    expect(decisionOf(want('mpi4py'), site, { mpi: 'mpich' })).toMatchObject({
      from: 'setting',
      settings: [{ name: 'MPI4PY_LIBMPI', value: '/plan/lib/libmpi.so.12' }],
      links: [{ name: 'libmpi.so.12', target: MPICH.library }],
    });
  });

  test('is built where its wheel cannot serve, or where one wants that', () => {
    const built = { from: 'rebuild', build: { variables: [{ name: 'MPI4PY_BUILD_MPICC', value: OPEN_MPI.compiler }] } };
    expect(decisionOf(want('mpi4py'), siteOf(partition()), { rebuild: new Set(['mpi4py']) })).toMatchObject(built);
    expect(decisionOf(want('mpi4py', { version: '4.0.3' }), siteOf(partition()))).toMatchObject(built);
    expect(decisionOf(want('mpi4py'), siteOf(partition({ machine: 'ppc64le' })))).toMatchObject(built);
    const old = siteOf(partition({ mpis: [{ ...OPEN_MPI, version: '2.1.6', soname: 'libmpi.so.20' }] }));
    expect(decisionOf(want('mpi4py'), old)).toMatchObject(built);
  });

  test('that brings the standard ABI is not trusted yet', () => {
    const mpi = { ...OPEN_MPI, family: 'standard-abi', soname: 'libmpi_abi.so.1' } as const;
    expect(decisionOf(want('mpi4py'), siteOf(partition({ mpis: [mpi] })))).toMatchObject({ from: 'rebuild' });
  });

  test('is taken with the module of Cray that has the name which it asks for', () => {
    const cray: MpiNeeds = {
      ...MPICH,
      family: 'cray',
      soname: 'libmpi_gnu_91.so.12',
      library: '/opt/cray/libmpi_gnu_91.so.12',
    };
    const modules = ['cray-mpich/8.1.28', 'cray-mpich-abi/8.1.28'];
    expect(decisionOf(want('mpi4py'), siteOf(partition({ mpis: [cray], modules })))).toMatchObject({
      from: 'setting',
      ask: 'cray-mpich-abi/8.1.28',
    });
    expect(decisionOf(want('mpi4py'), siteOf(partition({ mpis: [cray] })))).toMatchObject({ from: 'rebuild' });
  });

  test('cannot be had where no MPI was seen, nor built where there is no compiler of it', () => {
    const none = decisionOf(want('mpi4py'), siteOf(partition({ mpis: [] })));
    expect(none).toMatchObject({ from: 'impossible', because: 'no MPI was seen in batch' });
    const { compiler, ...bare } = OPEN_MPI;
    const site = siteOf(partition({ mpis: [bare] }));
    expect(decisionOf(want('mpi4py'), site, { rebuild: new Set(['mpi4py']) })).toMatchObject({
      from: 'impossible',
      because: expect.stringContaining('no compiler wrapper was seen'),
    });
    expect(compiler).toBeDefined();
  });

  test('is not left to an MPI from PyPI, which is left out', () => {
    const { decisions } = planOf([want('mpi4py'), want('mpich')], siteOf(partition()));
    expect(decisions).toMatchObject([
      { from: 'setting', settings: [{ name: 'MPI4PY_LIBMPI', value: OPEN_MPI.library }] },
      { name: 'mpich', from: 'leave-out' },
    ]);
  });
});

describe('h5py', () => {
  const parallel = { parallel: new Set(['h5py']) };

  test('is its wheel where nobody asks for parallel files', () => {
    expect(decisionOf(want('h5py'), siteOf(partition()))).toMatchObject({
      from: 'wheel',
      because: expect.stringContaining('without MPI'),
    });
  });

  test('is built against the HDF5 of the same MPI, and mpi4py with it', () => {
    const site = siteOf(partition({ libraries: [hdf5('mpich'), hdf5('openmpi')] }));
    const plan = planOf([want('h5py')], site, parallel);
    expect(plan.decisions).toMatchObject([
      {
        name: 'h5py',
        from: 'rebuild',
        build: {
          variables: [
            { name: 'CC', value: '/usr/bin/mpicc.openmpi' },
            { name: 'HDF5_MPI', value: 'ON' },
            { name: 'HDF5_DIR', value: '/opt/hdf5-openmpi' },
          ],
        },
      },
      { name: 'mpi4py', isAsked: false, from: 'wheel' },
    ]);
    expect(plan.siteKey).toContain('hdf5 1.14.3 /opt/hdf5-openmpi');
    expect(plan.siteKey).toContain('openmpi 4.1.4');
  });

  test('comes from elsewhere where the HDF5 of the site has no MPI, another, or none that is known', () => {
    for (const mpi of ['none', 'mpich', undefined] as const) {
      const here = partition({ libraries: [hdf5(mpi)] });
      expect(decisionOf(want('h5py'), siteOf(here), parallel).from).toBe('impossible');
      const from = (more: Partial<PartitionNeeds>) => decisionOf(want('h5py'), siteOf({ ...here, ...more }), parallel);
      expect(from({ hasConda: true })).toMatchObject({ from: 'conda', ask: 'h5py=*=mpi_openmpi*' });
      expect(from({ hasConda: true, hasSpack: true })).toMatchObject({ from: 'spack', ask: 'py-h5py+mpi' });
      expect(from({ hasSpack: true, modules: ['gcc/13', 'h5py/3.9-foss'] })).toMatchObject({
        from: 'module',
        ask: 'h5py/3.9-foss',
      });
    }
  });
});

test('an extra can say that a package is to work in parallel', () => {
  expect(decisionOf(want('netcdf4', { extras: ['parallel'] }), siteOf(partition())).from).toBe('impossible');
  expect(decisionOf(want('netcdf4'), siteOf(partition())).from).toBe('wheel');
});

test('petsc4py is of the release of the PETSc that it is built with', () => {
  const petsc: LibraryNeeds = { name: 'petsc', version: '3.20.5', prefix: '/spack/petsc', mpi: 'openmpi', modules: [] };
  const site = siteOf(partition({ libraries: [petsc] }));
  expect(decisionOf(want('petsc4py', { version: '3.26.1' }), site)).toMatchObject({
    from: 'rebuild',
    instead: 'petsc4py==3.20.*',
    build: { variables: [{ name: 'PETSC_DIR', value: '/spack/petsc' }] },
  });
  expect(decisionOf(want('petsc4py', { version: '3.20.6' }), site).instead).toBeUndefined();
});

describe('packages of CUDA', () => {
  const withDriver = (driver: string) => siteOf(partition({ gpu: { kind: 'nvidia', driver } }));

  test('torch is resolved for the driver of the jobs', () => {
    expect(decisionOf(want('torch'), withDriver('550.54.15'))).toMatchObject({
      from: 'wheel',
      install: [
        { name: 'UV_TORCH_BACKEND', value: 'auto' },
        { name: 'UV_CUDA_DRIVER_VERSION', value: '550.54.15' },
      ],
    });
    expect(decisionOf(want('torch'), siteOf(partition({ gpu: { kind: 'none' } }))).install).toEqual([
      { name: 'UV_TORCH_BACKEND', value: 'cpu' },
    ]);
    expect(decisionOf(want('torch'), siteOf(partition())).install).toEqual([]);
  });

  test('others say their CUDA in their names', () => {
    expect(decisionOf(want('cupy'), withDriver('580.65.06')).instead).toBe('cupy-cuda13x');
    expect(decisionOf(want('cupy'), withDriver('550.54.15')).instead).toBe('cupy-cuda12x');
    expect(decisionOf(want('jax', { extras: ['cuda13'] }), withDriver('550.54.15')).instead).toBe('jax[cuda12]');
    expect(decisionOf(want('jax', { extras: ['cuda12'] }), withDriver('550.54.15')).instead).toBeUndefined();
    expect(decisionOf(want('jax'), withDriver('418.39')).from).toBe('impossible');
    expect(decisionOf(want('cupy-cuda13x'), withDriver('550.54.15')).from).toBe('impossible');
    expect(decisionOf(want('cupy-cuda12x'), withDriver('550.54.15')).from).toBe('wheel');
    expect(decisionOf(want('cupy'), siteOf(partition({ gpu: { kind: 'none' } }))).from).toBe('impossible');
  });
});

describe('a job', () => {
  const start = (mpi: MpiNeeds, more: Partial<PartitionNeeds> = {}) =>
    planOf([], siteOf(partition({ mpis: [mpi], ...more }))).start;

  test('starts as one with what srun takes by itself, where that fits', () => {
    expect(start(OPEN_MPI, { pmi: ['none', 'pmi2', 'pmix'], pmiDefault: 'pmix' })?.command).toBe('srun');
  });

  test('else with the plugin that fits', () => {
    const slurm = { pmi: ['none', 'pmi2', 'pmix', 'pmix_v4'], pmiDefault: 'none' };
    expect(start(OPEN_MPI, slurm)).toMatchObject({ command: 'srun --mpi=pmix', isKnown: true });
    expect(start(MPICH, slurm)).toMatchObject({ command: 'srun --mpi=pmi2', isKnown: true });
  });

  test('else with the launcher of the MPI', () => {
    expect(start(OPEN_MPI, { pmi: ['none', 'pmi2'], pmiDefault: 'pmi2' })?.command).toBe(OPEN_MPI.launcher);
    expect(
      start(
        { ...OPEN_MPI, version: '5.0.5', needed: ['libopen-pal.so.80'] },
        { pmi: ['none', 'pmi2'], pmiDefault: 'pmi2' },
      )?.command,
    ).toBe('/usr/bin/mpirun.openmpi');
    expect(start(MPICH)?.command).toBe('/usr/bin/mpiexec.mpich');
  });

  test('of an MPI without any launcher is told not to start', () => {
    const { launcher, ...bare } = MPICH;
    const plan = planOf([], siteOf(partition({ mpis: [bare] })));
    expect(plan.start).toBeUndefined();
    expect(plan.notes.join()).toContain('no launcher was seen');
    expect(launcher).toBeDefined();
  });
});

describe('partitions', () => {
  test('give what all of them have, and the oldest of what differs', () => {
    const one = partition({ name: 'a', glibc: '2.28', mpis: [OPEN_MPI, INTEL] });
    const other = partition({ name: 'b', glibc: '2.34' });
    expect(planOf([], siteOf(one, other))).toMatchObject({
      partitions: ['a', 'b'],
      glibc: '2.28',
      mpi: { library: OPEN_MPI.library },
    });
    expect(planOf([], siteOf(one, other), { partition: 'b' })).toMatchObject({ partitions: ['b'], glibc: '2.34' });
  });

  test('are preferred to the login machine, which never stands in for them', () => {
    const login = partition({ name: 'login', isLogin: true, glibc: '2.17' });
    expect(planOf([], siteOf(login, partition())).partitions).toEqual(['batch']);
    expect(planOf([], siteOf(login)).notes.join()).toContain('seen on a login machine');
  });

  test('of two machines need a choice, as does what the site has not', () => {
    const site = siteOf(partition(), partition({ name: 'grace', machine: 'aarch64' }));
    const failed = (more: Partial<Choice>) => {
      const plan = planPackages([], site, choose(more));
      return plan.ok ? '' : plan.failure.message;
    };
    expect(failed({})).toContain('differ in their machines');
    expect(failed({ partition: 'x' })).toContain('no partition x');
    expect(failed({ partition: 'grace', mpi: 'mpich' })).toContain('no MPI mpich');
    expect(planPackages([], siteOf(), choose()).ok).toBe(false);
  });
});

test('what nobody knows to depend on the site is a wheel, or built where there is none', () => {
  expect(decisionOf(want('numpy'), siteOf(partition())).from).toBe('wheel');
  expect(decisionOf(want('rare', { hasWheel: false }), siteOf(partition())).from).toBe('rebuild');
  expect(decisionOf(want('numpy'), siteOf(partition()), { rebuild: new Set(['numpy']) }).from).toBe('rebuild');
});
