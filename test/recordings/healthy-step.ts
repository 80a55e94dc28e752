import type { LoadedLibrary } from '#schema';
import { type NodePlan, planTopology, type RankPlan, type StepPlan } from './step-plan.ts';

// A step with nothing wrong: `srun python -c 'import numpy, mpi4py.MPI'` with Open MPI over PMIx, each rank bound to its
// share of the cores, an environment on Lustre.

const SITE = '/project/env/lib/python3.11/site-packages';
const MPI = '/opt/openmpi/5.0.6/lib/libmpi.so.40.40.6';
const BLAS = `${SITE}/numpy.libs/libscipy_openblas64_-56d6093b.so`;
const NODE_BYTES = 256 * 2 ** 30;

export const healthyStep: StepPlan = {
  nodes: 2,
  ranksPerNode: 4,
  launcher: 'slurm',
  command: { form: 'command', program: 'python', argc: 1 },
  secondsLimit: 10,
  node: () => ({}),
  rank: () => ({}),
};

export function healthyNode({ launcher }: StepPlan, number: number): NodePlan {
  return {
    name: `nid${String(number + 1).padStart(6, '0')}`,
    silent: false,
    started: '2026-11-22T19:00:00Z',
    truncated: false,
    key: launcher === 'none' ? undefined : '8f14e45fceea167a',
    node: {
      system: 'Linux',
      kernel: '5.14.0-427.el9.x86_64',
      machine: 'x86_64',
      libc: 'glibc 2.34',
      cpuModel: 'AMD EPYC 7343 16-Core Processor',
      cpusOnline: 16,
      cpusAllowed: 16,
      memoryBytes: NODE_BYTES,
    },
    topology: planTopology(2, 2, 4),
    devices: { gpus: [], nics: [{ name: 'mlx5_0', kind: 'infiniband', numa: 0, cpus: '0-3' }], drivers: {} },
    mounts: [
      { point: '/', type: 'ext4', class: 'local' },
      { point: '/project', type: 'lustre', class: 'lustre' },
      { point: '/opt', type: 'nfs4', class: 'nfs', readOnly: true },
      { point: '/tmp', type: 'tmpfs', class: 'tmpfs' },
      { point: '~', type: 'nfs4', class: 'nfs' },
    ],
    missing: [],
    removed: { variables: 61 },
  };
}

/** The rank's share of the node's cores, with all their hardware threads. */
function maskOf({ ranksPerNode }: StepPlan, rank: number, { topology }: NodePlan): string {
  const cores = topology?.cores ?? [];
  const share = Math.max(1, Math.floor(cores.length / ranksPerNode));
  const first = (rank % ranksPerNode) * share;
  const own = cores.slice(first, first + share).map((cpus) => cpus.split(',').map(Number));
  const threads = Array.from({ length: own[0]?.length ?? 0 }, (_, thread) => own.map((cpus) => cpus[thread] ?? 0));
  return threads.map((cpus) => (cpus.length === 1 ? `${cpus[0]}` : `${cpus[0]}-${cpus.at(-1)}`)).join();
}

const sizeOf = (mask: string) =>
  mask.split(',').reduce((sum, range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return sum + last - first + 1;
  }, 0);

const LIBRARIES: readonly LoadedLibrary[] = [
  { path: MPI, kind: 'mpi', name: 'Open MPI', version: '5.0.6', family: 'openmpi' },
  { path: '/opt/openmpi/5.0.6/lib/libpmix.so.2.13.3', kind: 'pmi', name: 'PMIx', version: '5.0.4' },
  { path: '/usr/lib64/libucp.so.0.0.0', kind: 'ucx', name: 'UCX', version: '1.15.0' },
  { path: BLAS, kind: 'blas', name: 'OpenBLAS', version: '0.3.29', owner: 'numpy.libs' },
  { path: '/usr/lib64/libstdc++.so.6.0.29', kind: 'libstdc++', name: 'libstdc++', version: '6.0.29' },
  { path: '/usr/lib64/libc.so.6', kind: 'glibc', name: 'glibc', version: '2.34' },
];

const PYTHON: NonNullable<RankPlan['python']> = {
  version: '3.11.9',
  implementation: 'cpython',
  executable: '/project/env/bin/python',
  prefix: '/project/env',
  basePrefix: '/opt/python/3.11.9',
  stdlib: '/opt/python/3.11.9/lib/python3.11',
  flags: {
    isolated: false,
    ignoreEnvironment: false,
    noSite: false,
    noUserSite: true,
    safePath: false,
    dontWriteBytecode: false,
  },
  pathEntries: [
    { path: '/opt/python/3.11.9/lib/python3.11', origin: 'stdlib' },
    { path: '/opt/python/3.11.9/lib/python3.11/lib-dynload', origin: 'dynload' },
    { path: SITE, origin: 'site' },
  ],
  userSite: { enabled: false, path: '~/.local/lib/python3.11/site-packages' },
  gil: 'always',
};

type Imported = 'affinity' | 'threads' | 'mpi' | 'mpiLibrary' | 'loaded' | 'pools' | 'counts' | 'modules' | 'seconds';

function launched(
  step: StepPlan,
  rank: number,
  threads: number,
): Pick<RankPlan, 'claims' | 'launcher' | 'environment'> {
  const searchPaths = { LD_LIBRARY_PATH: ['/opt/openmpi/5.0.6/lib'] };
  if (step.launcher === 'none') {
    return {
      claims: [],
      launcher: { startedBy: ['bash'], offers: [] },
      environment: { values: { OMP_NUM_THREADS: `${threads}` }, searchPaths },
    };
  }
  return {
    claims: [
      { launcher: 'slurm', rank, size: step.nodes * step.ranksPerNode },
      { launcher: 'pmix', rank },
    ],
    launcher: { startedBy: ['slurmstepd'], offers: ['pmix'], slurmMpi: 'pmix', pmixVersion: '4.2.9' },
    environment: {
      values: { OMP_NUM_THREADS: `${threads}`, SLURM_CPUS_PER_TASK: `${threads}`, SLURM_MPI_TYPE: 'pmix' },
      searchPaths,
    },
  };
}

/** What is there whether or not anything was imported. */
function surroundings(step: StepPlan, rank: number, threads: number): Omit<RankPlan, Imported> {
  return {
    seen: 'inside',
    because: undefined,
    ...launched(step, rank, threads),
    maskChanges: [],
    visibleDevices: [],
    ended: { status: 0 },
    cgroup: { version: 'v2', cpus: '0-15', pidsMax: 629_145, pidsNow: 9 },
    limits: { processes: 1_030_311, openFiles: 131_072, lockedBytes: null, stackBytes: null },
    found: {
      mpi: [{ path: MPI, family: 'openmpi', soname: 'libmpi.so.40', via: 'LD_LIBRARY_PATH' }],
      mpi4py: { path: `${SITE}/mpi4py`, built: ['openmpi', 'mpich'], needed: [] },
    },
    distributions: [
      { name: 'mpi4py', version: '4.1.0', folder: SITE },
      { name: 'numpy', version: '2.3.4', folder: SITE },
    ],
    places: [
      { name: 'environment', path: '/project/env' },
      { name: 'interpreter', path: '/opt/python/3.11.9/bin/python3.11' },
      { name: 'home', path: '~' },
      { name: 'temporary files', path: '/tmp' },
    ],
    python: PYTHON,
  };
}

/** Of a rank whose command imports nothing: no census was taken of libraries and modules. */
export const withoutCommand = {
  affinity: {},
  threads: undefined,
  mpi: undefined,
  mpiLibrary: undefined,
  loaded: undefined,
  pools: undefined,
  counts: undefined,
  modules: undefined,
} satisfies Partial<RankPlan>;

export function healthyRank(step: StepPlan, rank: number, node: NodePlan): RankPlan {
  const size = step.nodes * step.ranksPerNode;
  const mask = maskOf(step, rank, node);
  const threads = sizeOf(mask);
  const plan: RankPlan = {
    ...surroundings(step, rank, threads),
    affinity: { atStart: mask, afterImports: mask },
    threads: 4,
    mpi: { state: 'initialized', rank, size },
    seconds: { imports: 1.2, command: 1.4, collector: 0.08 },
    mpiLibrary: {
      by: 'mpi4py.MPI',
      library: MPI,
      family: 'openmpi',
      version: 'Open MPI v5.0.6, package: Open MPI, ident: 5.0.6',
      asked: 'multiple',
      given: 'multiple',
    },
    loaded: { libraries: LIBRARIES, others: 58 },
    pools: [{ runtime: 'OpenBLAS', kind: 'blas', threads, basis: 'asked', library: BLAS, variable: 'OMP_NUM_THREADS' }],
    counts: [
      { source: 'os.cpu_count', cpus: sizeOf(node.topology?.online ?? '') },
      { source: 'os.sched_getaffinity', cpus: threads },
    ],
    modules: {
      modules: 214,
      fromSource: 0,
      fromSourceNames: [],
      slowest: [
        { module: 'mpi4py.MPI', seconds: 0.8 },
        { module: 'numpy', seconds: 0.35 },
      ],
      shadows: [],
    },
  };
  if (step.command !== null) return plan;
  return { ...plan, ...withoutCommand, affinity: { atStart: mask }, seconds: { collector: 0.08 } };
}
