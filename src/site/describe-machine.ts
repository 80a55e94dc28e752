import { failure, type Result, success } from '#base';
import { cpuTargetOf } from '#knowledge';
import type { Facts, Machine, Recording } from '#schema';

/** `4 × NVIDIA A100`, one entry a kind. */
function counted(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of [...names].sort()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} × ${name}`);
}

const VENDORS = { nvidia: 'NVIDIA GPU', amd: 'AMD GPU', intel: 'Intel GPU', other: 'display controller' } as const;

/** The kind that wheels are made for, and its driver; undefined where that cannot be told of all GPUs. */
function gpuOf(devices: Facts['devices'][number] | undefined): Machine['gpu'] {
  if (!devices) return undefined;
  const [kind, ...others] = new Set(devices.gpus.map(({ vendor }) => vendor).filter((one) => one !== 'other'));
  if (kind === undefined) return { kind: 'none' };
  if (others.length > 0 || kind === 'intel') return undefined;
  const driver = devices.drivers[kind === 'nvidia' ? 'nvidia' : 'amdgpu'];
  return { kind, ...(driver !== undefined && { driver }) };
}

const GLIBC = /^glibc (\d[\d.]*)$/;

function whatItIs(
  facts: Facts,
): Pick<Machine, 'machine' | 'glibc' | 'system' | 'kernel' | 'processor' | 'memoryBytes'> {
  const [node] = facts.node;
  const [host] = facts.host;
  const [processor] = facts.processor;
  const target = processor && cpuTargetOf(processor);
  const glibc = GLIBC.exec(node?.libc ?? '')?.[1];
  return {
    ...(node && { machine: node.machine, kernel: node.kernel }),
    ...(glibc !== undefined && { glibc }),
    ...(host?.system !== undefined && { system: host.system }),
    ...(node?.memoryBytes !== undefined && { memoryBytes: node.memoryBytes }),
    processor: {
      ...(node?.cpuModel !== undefined && { model: node.cpuModel }),
      ...(target && { target: target.name, level: target.level }),
      ...(node?.cpusOnline && { cpus: node.cpusOnline }),
    },
  };
}

function devicesOf(facts: Facts): Pick<Machine, 'gpu' | 'gpus' | 'nics' | 'drivers'> {
  const [devices] = facts.devices;
  const gpu = gpuOf(devices);
  return {
    ...(gpu && { gpu }),
    gpus: counted((devices?.gpus ?? []).map(({ model, vendor }) => model ?? VENDORS[vendor])),
    nics: counted((devices?.nics ?? []).map(({ kind }) => kind)),
    drivers: devices?.drivers ?? {},
  };
}

function mpiOf(facts: Facts): Pick<Machine, 'mpis' | 'mpiTools' | 'pmi' | 'pmiDefault' | 'fabrics'> {
  const [slurm] = facts.slurm;
  const [fabrics] = facts.fabrics;
  return {
    mpis: facts.installedMpi.map(({ via, ...mpi }) => mpi),
    mpiTools: facts.mpiTool,
    ...(slurm?.mpiTypes && { pmi: slurm.mpiTypes }),
    ...(slurm?.mpiDefault !== undefined && { pmiDefault: slurm.mpiDefault }),
    ...(fabrics && { fabrics }),
  };
}

function softwareOf(
  facts: Facts,
): Pick<Machine, 'libraries' | 'blas' | 'modules' | 'moduleSystem' | 'hasSpack' | 'spack' | 'hasConda' | 'stacks'> {
  const [spack] = facts.spack;
  const [moduleSystem] = facts.moduleSystem;
  const stacks = facts.stacks[0] ?? {};
  return {
    libraries: facts.siteLibrary.map(({ library, ...one }) => one),
    blas: facts.siteBlas,
    modules: facts.availableModules.flatMap(({ names }) => names),
    ...(moduleSystem && { moduleSystem }),
    hasSpack: spack !== undefined,
    ...(spack && { spack: { root: spack.root, packages: facts.spackPackages.flatMap(({ packages }) => packages) } }),
    hasConda: stacks.conda !== undefined,
    stacks,
  };
}

const notToldOf = (facts: Facts): Machine['notTold'] => [
  ...facts.probe
    .filter(({ outcome }) => outcome !== 'answered')
    .map(({ name, outcome, because = 'no reason was given' }) => ({
      what: name,
      because,
      isAbsent: outcome === 'absent',
    })),
  ...facts.moduleSystem.flatMap(({ unread }) =>
    unread === undefined ? [] : [{ what: 'modules that a hierarchy hides', because: unread, isAbsent: false }],
  ),
  ...facts.missing.map(({ what, because }) => ({ what, because, isAbsent: false })),
];

/** A recording of the collector's `host` as the machine that it tells of, and the partition where it names one. */
export function describeMachine({ facts, truncated }: Recording): Result<{ machine: Machine; partition?: string }> {
  const [host] = facts.host;
  if (!host) {
    const hint = 'Make one with: python3 pharos-collect.pyz host -o login.pharos.';
    return failure({ code: 'site/not-of-a-machine', message: 'it is a recording of a job, not of a machine', hint });
  }
  const cut = { what: 'all that comes after', because: 'the recording was cut short', isAbsent: false };
  const machine: Machine = {
    nodes: [host.nodeName],
    ...(host.scheduler && { scheduler: host.scheduler }),
    ...whatItIs(facts),
    ...devicesOf(facts),
    ...mpiOf(facts),
    ...softwareOf(facts),
    ...(facts.slurm[0] && { slurm: facts.slurm[0] }),
    slurmPartitions: facts.slurmPartition,
    mounts: facts.hostMount,
    folders: facts.userFolders.flatMap(({ folders }) => folders),
    notTold: [...notToldOf(facts), ...(truncated ? [cut] : [])],
  };
  return success({ machine, ...(host.partition !== undefined && { partition: host.partition }) });
}
