import { expect, test } from 'vitest';
import { Machine, readSiteNeeds, Site } from '#schema';
import { inJob, type MachinePlan, machineRecording, openMpi, processors } from '../../test/recordings/machine-draft.ts';
import { describeMachine, mergeMachines, type NamedMachine, notesOfMachine } from './index.ts';

function described(plan: Partial<MachinePlan> = {}, truncated = false): NamedMachine {
  const read = describeMachine(machineRecording(plan, truncated));
  if (!read.ok) throw new Error(read.failure.message);
  return read.value;
}

function merged(...plans: readonly Partial<MachinePlan>[]): Site {
  const site = mergeMachines(
    plans.map((plan) => described(plan)),
    'trial',
  );
  if (!site.ok) throw new Error(site.failure.message);
  return site.value;
}

const processor = ({ features, ...rest }: (typeof processors)['v3' | 'v4']) => ({ ...rest, features: [...features] });

test('a machine is told with its target, its MPI and what is not known of it', () => {
  const { machine, partition } = described();
  expect(Machine.parse(machine)).toEqual(machine);
  expect(partition).toBeUndefined();
  expect(machine).toMatchObject({
    nodes: ['login1'],
    machine: 'x86_64',
    glibc: '2.34',
    processor: { target: 'x86_64_v4', level: 'x86_64_v4', cpus: 64 },
    gpu: { kind: 'none' },
    pmi: ['none', 'pmix'],
    pmiDefault: 'none',
    hasSpack: false,
  });
  expect(machine.notTold).toEqual([
    { what: 'Spack', because: 'spack is not on PATH', isAbsent: true },
    { what: 'libfabric and UCX', because: 'no answer within 20 seconds', isAbsent: false },
  ]);
});

test('GPUs of one maker are told with their driver; of several, the kind is not', () => {
  const gpu = { address: '0000:3b:00.0', vendor: 'nvidia', model: 'NVIDIA A100' } as const;
  const devices = { gpus: [gpu, { ...gpu, address: '0000:3c:00.0' }], nics: [], drivers: { nvidia: '550.54.15' } };
  expect(described({ devices }).machine).toMatchObject({
    gpu: { kind: 'nvidia', driver: '550.54.15' },
    gpus: ['2 × NVIDIA A100'],
  });
  const mixed = { ...devices, gpus: [gpu, { address: '0000:3d:00.0', vendor: 'amd' } as const] };
  expect(described({ devices: mixed }).machine.gpu).toBeUndefined();
});

test('a recording that was cut short says so, one of a job is refused', () => {
  expect(described({}, true).machine.notTold.at(-1)?.because).toBe('the recording was cut short');
  const { facts, ...rest } = machineRecording();
  expect(describeMachine({ ...rest, facts: { ...facts, host: [] } })).toMatchObject({
    ok: false,
    failure: { code: 'site/not-of-a-machine' },
  });
});

test('a plan reads what is merged', () => {
  const site = merged({}, inJob('cpu'), inJob('gpu'));
  expect(Site.parse(site)).toEqual(site);
  const needs = readSiteNeeds(JSON.stringify(site));
  expect(needs).toMatchObject({
    ok: true,
    value: {
      name: 'trial',
      partitions: [
        { name: 'cpu', isLogin: false, mpis: [{ version: '5.0.5', modules: ['openmpi/5.0.5'] }] },
        { name: 'gpu', isLogin: false },
        { name: 'login', isLogin: true },
      ],
    },
  });
  expect(site.notes).toEqual([]);
});

test('of several nodes of a partition that holds which holds on each', () => {
  const other: Partial<MachinePlan> = {
    ...inJob('cpu', 'cpu-2'),
    node: { system: 'Linux', kernel: '5.14.0', machine: 'x86_64', libc: 'glibc 2.28', memoryBytes: 128e9 },
    processor: processor(processors.v3),
    mpis: [],
    modules: ['gcc/13.3'],
    folders: [{ variable: 'HOME', path: '/home/$USER', isThere: false }],
  };
  const { cpu } = merged(inJob('cpu'), other).partitions;
  expect(cpu).toMatchObject({
    nodes: ['cpu-1', 'cpu-2'],
    glibc: '2.28',
    processor: { target: 'x86_64_v3', level: 'x86_64_v3' },
    mpis: [],
    modules: ['gcc/13.3'],
    folders: [{ isThere: false }],
  });
  expect(cpu).not.toHaveProperty('memoryBytes');
  expect(Machine.parse(cpu)).toEqual(cpu);
});

test('a version that one node does not tell is not known of the partition', () => {
  const other = { ...inJob('cpu', 'cpu-2'), node: { system: 'Linux', kernel: '5.14.0', machine: 'x86_64' } };
  expect(merged(inJob('cpu'), other).partitions.cpu).not.toHaveProperty('glibc');
});

test('where jobs run otherwise than the login machine, it is said', () => {
  const cpu: Partial<MachinePlan> = {
    ...inJob('cpu'),
    node: { system: 'Linux', kernel: '5.14.0', machine: 'x86_64', libc: 'glibc 2.28' },
    processor: processor(processors.v3),
    mpis: [],
    tools: [],
    mounts: [{ point: '/sw', type: 'nfs4', class: 'nfs' }],
    folders: [{ variable: 'HOME', path: '/home/$USER', isThere: false }],
  };
  expect(merged({}, cpu).notes).toEqual([
    'Mounted on login and not on cpu: /home (nfs). What lies there may be missing in jobs.',
    'HOME (/home/$USER) is there on login and not on cpu.',
    'Code that is built for the processor of login (x86_64_v4) does not run on cpu (x86_64_v3): build in a job there, or for x86_64_v3.',
    'cpu has glibc 2.28, older than the 2.34 of login: what is built on login may not load there.',
    'Found on login and not on cpu: Open MPI 5.0.5 (/sw/openmpi/5.0.5/lib/libmpi.so.40.40.5).',
    'No machine of these partitions was looked at: gpu.',
  ]);
});

const mpich: MachinePlan['mpis'][number] = {
  ...openMpi,
  library: '/usr/lib64/libmpi.so.12.1',
  family: 'mpich',
  soname: 'libmpi.so.12',
  version: '4.0.2',
  foundAs: ['libmpi.so'],
  modules: [],
};

test('a compiler of one MPI beside a launcher of another is said, and so is a library', () => {
  const [compiler] = machineRecording().facts.mpiTool;
  if (!compiler) throw new Error('there is no compiler');
  const tools: MachinePlan['tools'] = [
    compiler,
    { tool: 'launcher', path: '/usr/bin/mpiexec', family: 'mpich', version: '4.0.2' },
  ];
  const { machine } = described({ mpis: [openMpi, mpich], tools });
  expect(notesOfMachine({ name: 'cpu', machine })).toEqual([
    'On cpu, mpicc builds for Open MPI 5.0.5, and mpiexec is of MPICH 4.0.2: of what is built so and started so, each rank is rank 0 of 1.',
    'On cpu, mpicc builds for Open MPI 5.0.5, and libmpi.so is MPICH 4.0.2: what looks for an MPI at run time gets another than what is built.',
  ]);
  expect(notesOfMachine({ name: 'cpu', machine: described().machine })).toEqual([]);
});

test("what is a person's own is no offer of the site", () => {
  const own = { ...openMpi, library: '/home/$USER/openmpi/lib/libmpi.so.40' };
  const site = merged({ mpis: [openMpi, own] });
  expect(site.login?.mpis).toEqual([openMpi].map(({ via, ...rest }) => rest));
  expect(site.notes).toContain("On login, left out as a person's own: /home/$USER/openmpi/lib/libmpi.so.40.");
});

test('the machine of a job is not merged as the login machine', () => {
  const { machine } = described(inJob('cpu'));
  expect(mergeMachines([{ machine, partition: 'login' }], 'trial')).toMatchObject({ ok: false });
});
