import { compareVersions } from '#base';
import { findCpuTarget, runsCodeOf } from '#knowledge';
import type { Machine } from '#schema';

/** What all lists have, by what it is known by, in the order of the first. */
function common<T>(lists: readonly (readonly T[])[], key: (one: T) => string): T[] {
  const [first = [], ...others] = lists;
  const keys = others.map((list) => new Set(list.map(key)));
  return first.filter((one) => keys.every((set) => set.has(key(one))));
}

/** The value that all have; undefined where they differ or one has none. */
const same = <T>(values: readonly (T | undefined)[]): T | undefined =>
  values.every((value) => JSON.stringify(value) === JSON.stringify(values[0])) ? values[0] : undefined;

/** The lowest version; undefined where one is not known, which may be lower than all. */
function lowest(versions: readonly (string | undefined)[]): string | undefined {
  const known = versions.filter((version) => version !== undefined);
  return known.length < versions.length ? undefined : known.sort(compareVersions)[0];
}

/** The best target whose code runs on all of these processors. */
function commonTarget(targets: readonly (string | undefined)[]): Machine['processor'] {
  const [first, ...others] = targets;
  const described = first === undefined ? undefined : findCpuTarget(first);
  const candidates = described ? [described.name, ...described.ancestors] : [];
  const target = candidates.find((one) => others.every((other) => other !== undefined && runsCodeOf(other, one)));
  const level = target === undefined ? undefined : findCpuTarget(target)?.level;
  return { ...(target !== undefined && { target }), ...(level !== undefined && { level }) };
}

function commonGpu(machines: readonly Machine[]): Machine['gpu'] {
  const kind = same(machines.map(({ gpu }) => gpu?.kind));
  if (kind === undefined) return undefined;
  const driver = lowest(machines.map(({ gpu }) => gpu?.driver));
  return { kind, ...(driver !== undefined && { driver }) };
}

function commonProcessor(machines: readonly Machine[]): Machine['processor'] {
  const model = same(machines.map(({ processor }) => processor.model));
  const cpus = same(machines.map(({ processor }) => processor.cpus));
  return {
    ...(model !== undefined && { model }),
    ...(cpus !== undefined && { cpus }),
    ...commonTarget(machines.map(({ processor }) => processor.target)),
  };
}

const MOST_MEMORY_LOST = 0.03;

/** The kernel keeps another share of the memory on each node; more than that is another machine, and the least counts. */
function commonMemory(machines: readonly Machine[]): number | undefined {
  const sizes = machines.flatMap(({ memoryBytes }) => memoryBytes ?? []);
  if (sizes.length < machines.length) return undefined;
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  return least < most * (1 - MOST_MEMORY_LOST) ? undefined : least;
}

/** Leaves out what is not known. */
function present<T extends object>(value: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as never;
}

const distinct = <T>(values: readonly T[]): T[] => [
  ...new Map(values.map((value) => [JSON.stringify(value), value])).values(),
];

/** Several nodes of one partition as one machine: what holds on each of them. */
export function combineMachines(machines: readonly [Machine, ...Machine[]]): Machine {
  const [first, ...others] = machines;
  if (others.length === 0) return first;
  const all = <Name extends keyof Machine>(name: Name) => machines.map((machine) => machine[name]);
  const one = <Name extends keyof Machine>(name: Name) => same(all(name));
  return present({
    ...first,
    nodes: distinct(all('nodes').flat()),
    machine: one('machine'),
    glibc: lowest(all('glibc')),
    system: one('system'),
    kernel: one('kernel'),
    processor: commonProcessor(machines),
    memoryBytes: commonMemory(machines),
    gpu: commonGpu(machines),
    gpus: one('gpus') ?? [],
    nics: one('nics') ?? [],
    drivers: one('drivers') ?? {},
    mpis: common(all('mpis'), ({ library, version }) => `${library} ${version}`),
    mpiTools: common(all('mpiTools'), (tool) => JSON.stringify(tool)),
    pmi: one('pmi'),
    pmiDefault: one('pmiDefault'),
    libraries: common(all('libraries'), ({ name, version, prefix, mpi }) => `${name} ${version} ${prefix} ${mpi}`),
    blas: common(all('blas'), ({ path }) => path),
    modules: common(all('modules'), (name) => name),
    mounts: common(all('mounts'), ({ point, type }) => `${point} ${type}`),
    folders: first.folders.map((folder) => ({
      ...folder,
      isThere: machines.every(({ folders }) => folders.find(({ variable }) => variable === folder.variable)?.isThere),
    })),
    notTold: distinct(all('notTold').flat()),
  });
}
