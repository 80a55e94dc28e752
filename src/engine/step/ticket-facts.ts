import { countCpus, formatBytes, formatCount, formatCountOf, formatSeconds, parseCpuList } from '#base';
import type { Artifacts, LibraryKind, LoadedLibrary, StepSection } from '#schema';

// Facts for the ticket, told for the largest group of ranks: what most of them have. Where others have something else,
// the differences say so.

type Facts = StepSection['facts'];
type Row = Facts[number]['rows'][number];

const MOST_ROWS = 12;

const row = (name: string, value: string | undefined): Row[] => (value ? [{ name, value }] : []);
const section = (title: string, rows: readonly Row[]): Facts =>
  rows.length > 0 ? [{ title, rows: rows.slice(0, MOST_ROWS) }] : [];
const joined = (parts: readonly (string | undefined)[]) => parts.filter(Boolean).join(', ');

function worldFacts({ world }: Partial<Artifacts>): Row[] {
  const launched = world?.launched[0]?.value;
  const mpi = world?.mpi[0]?.value;
  const claims = (launched?.claims ?? []).map(({ launcher, size }) =>
    size === undefined ? launcher : `${launcher}: ${formatCountOf(size, 'rank')}`,
  );
  const level = mpi?.given === undefined ? undefined : `${mpi.given}${mpi.asked ? ` (asked: ${mpi.asked})` : ''}`;
  return [
    ...row('started by', launched?.startedBy.join(' < ')),
    ...row('launchers say', claims.join('; ')),
    ...row('ways to find the other ranks', launched && (launched.offers.join(', ') || 'none')),
    ...row('Slurm plugin', launched?.slurmMpi),
    ...row('PMIx server', launched?.pmixVersion),
    ...row(
      'MPI',
      mpi && joined([mpi.state, mpi.size === undefined ? '' : `size ${mpi.size}`, mpi.by && `by ${mpi.by}`]),
    ),
    ...row('MPI library', mpi && joined([mpi.version, mpi.library])),
    ...row('family by symbols', mpi?.family),
    ...row('thread level', level),
  ];
}

const KINDS: Record<LibraryKind, string> = {
  mpi: 'MPI',
  pmi: 'PMI',
  gtl: 'GPU transport',
  blas: 'BLAS',
  openmp: 'OpenMP',
  tbb: 'TBB',
  hdf5: 'HDF5',
  netcdf: 'netCDF',
  'cuda-driver': 'CUDA driver',
  'cuda-runtime': 'CUDA runtime',
  cublas: 'cuBLAS',
  cudnn: 'cuDNN',
  nccl: 'NCCL',
  hip: 'HIP',
  rccl: 'RCCL',
  libfabric: 'libfabric',
  ucx: 'UCX',
  'libstdc++': 'libstdc++',
  glibc: 'glibc',
};

function tellLibrary({ name, version, path, owner, kind }: LoadedLibrary): string {
  const title = name === KINDS[kind] ? version : joined([`${name}${version ? ` ${version}` : ''}`]);
  return joined([title, owner && `of ${owner}`, path]);
}

function libraryFacts({ loaded }: Partial<Artifacts>): Row[] {
  const libraries = loaded?.groups[0]?.value.libraries ?? [];
  const order = Object.keys(KINDS);
  return [...libraries]
    .sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
    .map((library) => ({ name: KINDS[library.kind], value: tellLibrary(library) }));
}

/** What an import would get, where nothing has imported it. */
function foundFacts({ found, loaded }: Partial<Artifacts>): Row[] {
  const value = found?.groups[0]?.value;
  const isMpiLoaded = loaded?.groups[0]?.value.libraries.some(({ kind }) => kind === 'mpi') ?? false;
  if (!value || isMpiLoaded) return [];
  return [
    ...row('mpi4py built for', value.mpi4py && (value.mpi4py.built.join(', ') || 'not known')),
    ...row('MPI it would get', value.mpi4py && value.mpi.length === 0 ? 'none was found' : undefined),
    ...value.mpi.map(({ path, family, via }, index) => ({
      name: index === 0 ? 'MPI it would get' : 'MPI that would lose',
      value: `${family}, ${path} (${via})`,
    })),
  ];
}

const ADDED: ReadonlySet<string> = new Set(['pythonpath', 'user', 'pth', 'other']);

function pythonFacts({ interpreters }: Partial<Artifacts>): Row[] {
  const python = interpreters?.groups[0]?.value;
  if (!python) return [];
  const added = python.pathEntries.filter(({ origin }) => ADDED.has(origin));
  const [modules] = interpreters.modules;
  const { slowest } = interpreters;
  const seconds = (slowest?.imports ?? []).slice(0, 4).map((each) => `${each.module} ${formatSeconds(each.seconds)}`);
  return [
    ...row('version', `${python.implementation} ${python.version}`),
    ...row('executable', python.executable),
    ...row('environment', python.prefix),
    ...row('base', python.basePrefix === python.prefix ? undefined : python.basePrefix),
    ...row('added to sys.path', added.map(({ path, origin }) => `${path} (${origin})`).join(', ')),
    ...row('GIL', python.gil === 'always' ? undefined : python.gil),
    ...row(
      'modules',
      modules && `${formatCount(modules.value.modules)}, ${modules.value.fromSource} compiled from source`,
    ),
    ...row(`slowest imports of rank ${slowest?.rank}`, seconds.join(', ')),
  ];
}

const THREAD_VARIABLE = /THREADS|^(OMP|KMP|GOMP|MKL|NUMBA|PYTHON_CPU|LOKY)_/;

function threadFacts({ threads, interpreters }: Partial<Artifacts>): Row[] {
  const pools = threads?.pools[0]?.value ?? [];
  const counts = threads?.counts[0]?.value ?? [];
  const variables = Object.entries(interpreters?.environment[0]?.value.values ?? {}).filter(([name]) =>
    THREAD_VARIABLE.test(name),
  );
  return [
    ...pools.map(({ runtime, threads: count, basis, variable }) => ({
      name: runtime,
      value: joined([
        `${formatCountOf(count, 'thread')} (${basis === 'asked' ? 'it said so' : 'inferred'})`,
        variable && `by ${variable}`,
      ]),
    })),
    ...row('CPUs as counted by', counts.map(({ source, cpus }) => `${source} ${cpus}`).join(', ')),
    ...row('variables', variables.map(([name, value]) => `${name}=${value}`).join(' ')),
  ];
}

const orUnlimited = (limit: number | null | undefined) => (limit === null ? 'unlimited' : limit?.toString());

function limitFacts({ threads }: Partial<Artifacts>): Row[] {
  const limits = threads?.limits[0]?.value;
  const cgroup = threads?.cgroups[0]?.value;
  const group = cgroup && [
    cgroup.cpus === undefined ? '' : `CPUs ${cgroup.cpus} (${countCpus(parseCpuList(cgroup.cpus))})`,
    cgroup.quota === undefined ? 'no quota' : `quota ${cgroup.quota} CPUs`,
    cgroup.pidsMax === undefined ? '' : `at most ${formatCount(cgroup.pidsMax)} tasks`,
  ];
  return [
    ...row("threads of the user's on a node", orUnlimited(limits?.processes)),
    ...row('open files', orUnlimited(limits?.openFiles)),
    ...row(
      'locked memory',
      typeof limits?.lockedBytes === 'number' ? formatBytes(limits.lockedBytes) : orUnlimited(limits?.lockedBytes),
    ),
    ...row(`control group (${cgroup?.version})`, group && joined(group)),
  ];
}

function placeFacts({ places }: Partial<Artifacts>): Row[] {
  return (places?.groups[0]?.value ?? []).map(({ name, path, class: kind, sharing }) => ({
    name,
    value: `${path} on ${joined([kind ?? 'a file system that was not told', sharing === 'unknown' ? 'shared or not is not known' : sharing])}`,
  }));
}

function nodeFacts({ hosts }: Partial<Artifacts>): Row[] {
  const host = hosts?.groups[0]?.value;
  if (!host) return [];
  return [
    ...row('processor', joined([host.cpuModel, host.cpusOnline === undefined ? '' : `${host.cpusOnline} CPUs online`])),
    ...row('memory', host.memoryBytes === undefined ? undefined : formatBytes(host.memoryBytes)),
    ...row('system', joined([`${host.system} ${host.kernel}`, host.libc])),
    ...row('GPUs', host.gpus.join(', ')),
    ...row('network adapters', host.nics.join(', ')),
    ...row(
      'drivers',
      Object.entries(host.drivers)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ),
  ];
}

/** What somebody who reads the ticket would ask next. */
export function listTicketFacts(artifacts: Partial<Artifacts>): Facts {
  return [
    ...section('MPI and launcher', worldFacts(artifacts)),
    ...section('Found in the environment, not loaded', foundFacts(artifacts)),
    ...section('Libraries that were loaded', libraryFacts(artifacts)),
    ...section('Threads', threadFacts(artifacts)),
    ...section('Python', pythonFacts(artifacts)),
    ...section('Where things live', placeFacts(artifacts)),
    ...section('Limits', limitFacts(artifacts)),
    ...section('Node', nodeFacts(artifacts)),
  ];
}
