import type { FactName, Facts, Recording } from '#schema';
import { recordingDraft } from './recording-draft.ts';

// Recordings of machines as the collector's `host` writes them. Without options: a login machine of a Slurm cluster.

type FactsOf<Name extends FactName> = Facts[Name][number];

export interface MachinePlan {
  readonly host: FactsOf<'host'>;
  readonly node: FactsOf<'node'>;
  readonly processor: FactsOf<'processor'>;
  readonly devices: FactsOf<'devices'>;
  readonly mounts: readonly FactsOf<'hostMount'>[];
  readonly folders: FactsOf<'userFolders'>['folders'];
  readonly mpis: readonly FactsOf<'installedMpi'>[];
  readonly tools: readonly FactsOf<'mpiTool'>[];
  readonly libraries: readonly FactsOf<'siteLibrary'>[];
  readonly modules: readonly string[];
  readonly slurm: FactsOf<'slurm'>;
  readonly slurmPartitions: readonly FactsOf<'slurmPartition'>[];
  readonly probes: readonly FactsOf<'probe'>[];
}

const X86_64_V3 =
  `lm cmov cx8 fxsr mmx syscall sse sse2 cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3 avx avx2 bmi1 bmi2 f16c
 fma abm movbe xsave`.split(/\s+/);
const V4 = ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'];

export const processors = {
  v3: { machine: 'x86_64', vendor: 'OtherMaker', features: X86_64_V3 },
  v4: { machine: 'x86_64', vendor: 'OtherMaker', features: [...X86_64_V3, ...V4] },
} as const satisfies Record<string, { features: readonly string[]; machine: string; vendor: string }>;

export const openMpi: MachinePlan['mpis'][number] = {
  library: '/sw/openmpi/5.0.5/lib/libmpi.so.40.40.5',
  family: 'openmpi',
  soname: 'libmpi.so.40',
  needed: ['libopen-pal.so.80'],
  version: '5.0.5',
  prefix: '/sw/openmpi/5.0.5',
  compiler: '/sw/openmpi/5.0.5/bin/mpicc',
  launcher: '/sw/openmpi/5.0.5/bin/mpirun',
  foundAs: [],
  modules: ['openmpi/5.0.5'],
  via: 'module',
};

const LOGIN: MachinePlan = {
  host: { nodeName: 'login1', system: 'A Linux 9.4' },
  node: {
    system: 'Linux',
    kernel: '5.14.0',
    machine: 'x86_64',
    libc: 'glibc 2.34',
    cpuModel: 'A Processor',
    cpusOnline: 64,
    memoryBytes: 256e9,
  },
  processor: { ...processors.v4, features: [...processors.v4.features] },
  devices: { gpus: [], nics: [], drivers: {} },
  mounts: [
    { point: '/', type: 'xfs', class: 'local' },
    { point: '/home', type: 'nfs4', class: 'nfs' },
    { point: '/sw', type: 'nfs4', class: 'nfs' },
  ],
  folders: [{ variable: 'HOME', path: '/home/$USER', isThere: true }],
  mpis: [openMpi],
  tools: [
    { tool: 'compiler', path: '/sw/openmpi/5.0.5/bin/mpicc', library: openMpi.library, hasHeader: true },
    { tool: 'launcher', path: '/sw/openmpi/5.0.5/bin/mpirun', family: 'openmpi', version: '5.0.5' },
  ],
  libraries: [
    {
      name: 'hdf5',
      version: '1.14.5',
      prefix: '/sw/hdf5/1.14.5',
      library: '/sw/hdf5/1.14.5/lib/libhdf5.so.310.5.1',
      mpi: 'openmpi',
      modules: ['hdf5/1.14.5'],
    },
  ],
  modules: ['gcc/13.3', 'openmpi/5.0.5', 'hdf5/1.14.5'],
  slurm: { version: '23.11.1', cluster: 'trial', mpiTypes: ['none', 'pmix'], mpiDefault: 'none' },
  slurmPartitions: [
    { name: 'cpu', isDefault: true, available: true, nodes: 100 },
    { name: 'gpu', isDefault: false, available: true, nodes: 10, gres: 'gpu:4' },
  ],
  probes: [
    { name: 'MPI', outcome: 'answered', seconds: 0.1 },
    { name: 'Spack', outcome: 'absent', because: 'spack is not on PATH', seconds: 0.01 },
    { name: 'libfabric and UCX', outcome: 'late', because: 'no answer within 20 seconds', seconds: 20 },
  ],
};

/** The machine of a job in a partition, for plans. */
export const inJob = (partition: string, nodeName = `${partition}-1`): Pick<MachinePlan, 'host'> => ({
  host: { ...LOGIN.host, nodeName, scheduler: 'slurm', partition },
});

/** A recording of the login machine, with what is said otherwise. */
export function machineRecording(plan: Partial<MachinePlan> = {}, truncated = false): Recording {
  const all = { ...LOGIN, ...plan };
  const draft = recordingDraft();
  draft.fact('host', all.host);
  draft.fact('node', all.node);
  draft.fact('processor', all.processor);
  draft.fact('devices', all.devices);
  for (const mount of all.mounts) draft.fact('hostMount', mount);
  draft.fact('userFolders', { folders: all.folders });
  for (const mpi of all.mpis) draft.fact('installedMpi', mpi);
  for (const tool of all.tools) draft.fact('mpiTool', tool);
  for (const library of all.libraries) draft.fact('siteLibrary', library);
  draft.fact('moduleSystem', { kind: 'lmod', version: '8.7', loaded: [] });
  draft.fact('availableModules', { names: [...all.modules] });
  draft.fact('slurm', all.slurm);
  for (const partition of all.slurmPartitions) draft.fact('slurmPartition', partition);
  for (const probe of all.probes) draft.fact('probe', probe);
  return draft.recording(truncated);
}
