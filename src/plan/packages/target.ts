import { failure, type Result, success } from '#base';
import { compareVersions, readVersion } from '#formats/requirement';
import { mpiTitle } from '#knowledge';
import type { LibraryNeeds, MpiNeeds, PackagePlan, PartitionNeeds, SiteNeeds } from '#schema';
import { startOf } from './launch.ts';

/** What the user chose among what the site has. */
export interface Choice {
  readonly partition?: string;
  /** A family, a module, a prefix or the path of a library. */
  readonly mpi?: string;
  /** Packages that are to work in parallel, by normalised name. */
  readonly parallel: ReadonlySet<string>;
  /** Packages that are to be built here, by normalised name. */
  readonly rebuild: ReadonlySet<string>;
  /** Where links to libraries of the site will be. */
  readonly linksFolder: string;
}

/** What holds in every partition that is planned for. */
export interface Target extends Pick<PartitionNeeds, 'machine' | 'glibc' | 'pmi' | 'pmiDefault' | 'gpu'> {
  readonly partitions: readonly string[];
  readonly mpis: readonly MpiNeeds[];
  readonly libraries: readonly LibraryNeeds[];
  readonly modules: readonly string[];
  readonly hasSpack: boolean;
  readonly hasConda: boolean;
  /** The one that is planned with. */
  readonly mpi?: MpiNeeds;
  readonly start?: PackagePlan['start'];
  readonly notes: readonly string[];
}

const usage = (message: string, hint: string): Result<never> => failure({ code: 'plan/target', message, hint });

function partitionsOf(site: SiteNeeds, wanted: string | undefined): Result<readonly PartitionNeeds[]> {
  if (wanted !== undefined) {
    const found = site.partitions.filter(({ name }) => name === wanted);
    const names = site.partitions.map(({ name }) => name).join(', ');
    return found.length > 0
      ? success(found)
      : usage(`the site has no partition ${wanted}`, `Choose one of ${names} with --partition.`);
  }
  const ofJobs = site.partitions.filter(({ isLogin }) => !isLogin);
  if (site.partitions.length === 0) return usage('the site file has no partition', 'Run pharos host in a job first.');
  return success(ofJobs.length > 0 ? ofJobs : site.partitions);
}

/** What all have, by what it is known by. */
function common<T>(lists: readonly (readonly T[])[], key: (one: T) => string): readonly T[] {
  const [first = [], ...others] = lists;
  const keys = others.map((list) => new Set(list.map(key)));
  return first.filter((one) => keys.every((set) => set.has(key(one))));
}

const same = <T>(values: readonly T[]): T | undefined =>
  values.every((value) => JSON.stringify(value) === JSON.stringify(values[0])) ? values[0] : undefined;

function oldest(versions: readonly (string | undefined)[]): string | undefined {
  const known = versions.flatMap((text) => {
    const version = text === undefined ? undefined : readVersion(text);
    return text !== undefined && version ? [{ text, version }] : [];
  });
  // What one partition does not tell can be older than all others.
  if (known.length < versions.length) return undefined;
  return known.sort((one, other) => compareVersions(one.version, other.version))[0]?.text;
}

const libraryKey = (one: LibraryNeeds) => `${one.name} ${one.version} ${one.prefix} ${one.mpi}`;
const mpiKey = (one: MpiNeeds) => `${one.family} ${one.version} ${one.library}`;

function gpuOf(partitions: readonly PartitionNeeds[]): PartitionNeeds['gpu'] {
  const kind = same(partitions.map(({ gpu }) => gpu?.kind));
  if (kind === undefined) return undefined;
  const driver = oldest(partitions.map(({ gpu }) => gpu?.driver));
  return { kind, ...(driver === undefined ? {} : { driver }) };
}

const isNamed = (mpi: MpiNeeds, name: string) =>
  [mpi.family, mpi.prefix, mpi.library, mpi.compiler, ...mpi.modules].includes(name) ||
  mpi.modules.some((module) => module.split('/')[0] === name) ||
  `${mpi.family}@${mpi.version}` === name;

/** How good an MPI is to plan with: that jobs of it start comes first, that it can be built against second. */
function rank(mpi: MpiNeeds, partition: Pick<PartitionNeeds, 'pmi' | 'pmiDefault'>): number {
  const start = startOf(mpi, partition);
  const starts = start?.isKnown ? 8 : start ? 4 : 0;
  return starts + (mpi.compiler === undefined ? 0 : 2) + (mpi.modules.length > 0 ? 1 : 0);
}

export const nameMpi = (mpi: MpiNeeds): string =>
  `${mpiTitle(mpi)}${mpi.version === undefined ? '' : ` (${mpi.version})`} at ${mpi.library}`;

interface Chosen {
  readonly mpi?: MpiNeeds;
  readonly notes: readonly string[];
}

function chooseMpi(
  mpis: readonly MpiNeeds[],
  wanted: string | undefined,
  partition: Pick<PartitionNeeds, 'pmi' | 'pmiDefault'>,
): Result<Chosen> {
  const candidates = wanted === undefined ? mpis : mpis.filter((mpi) => isNamed(mpi, wanted));
  if (candidates.length === 0 && wanted !== undefined) {
    const has = mpis.length > 0 ? `it has ${mpis.map(nameMpi).join('; ')}` : 'none was seen there';
    return usage(`the site has no MPI ${wanted}: ${has}`, 'Name a family, a module, a prefix or a library with --mpi.');
  }
  const [first, ...others] = [...candidates].sort((one, other) => rank(other, partition) - rank(one, partition));
  if (!first) return success({ notes: [] });
  const notes = others.map((other) => `the site also has ${nameMpi(other)}: --mpi chooses`);
  return success({ mpi: first, notes: wanted === undefined ? notes : [] });
}

function notesOf(partitions: readonly PartitionNeeds[], gpu: PartitionNeeds['gpu']): string[] {
  const notes: string[] = [];
  const logins = partitions.filter(({ isLogin }) => isLogin).map(({ name }) => name);
  if (logins.length > 0) notes.push(`${logins.join(', ')} was seen on a login machine: what jobs find can differ`);
  if (gpu === undefined && new Set(partitions.map((one) => one.gpu?.kind)).size > 1) {
    notes.push('the partitions differ in their GPUs: plan for each with --partition');
  }
  return notes;
}

/** What a plan can build on: what all chosen partitions have, and the oldest of what differs. */
export function targetOf(site: SiteNeeds, choice: Pick<Choice, 'partition' | 'mpi'>): Result<Target> {
  const found = partitionsOf(site, choice.partition);
  if (!found.ok) return found;
  const partitions = found.value;
  const machines = [...new Set(partitions.map(({ machine }) => machine))];
  if (machines.length > 1) {
    return usage(`the partitions differ in their machines: ${machines.join(', ')}`, 'Choose one with --partition.');
  }
  const pmiLists = partitions.flatMap(({ pmi }) => (pmi ? [pmi] : []));
  const pmi = pmiLists.length === partitions.length ? common(pmiLists, (name) => name) : undefined;
  const pmiDefault = same(partitions.map((one) => one.pmiDefault));
  const services = { ...(pmi && { pmi: [...pmi] }), ...(pmiDefault !== undefined && { pmiDefault }) };
  const gpu = gpuOf(partitions);
  const glibc = oldest(partitions.map((one) => one.glibc));
  const mpis = common(
    partitions.map((one) => one.mpis),
    mpiKey,
  );
  const chosen = chooseMpi(mpis, choice.mpi, services);
  if (!chosen.ok) return chosen;
  const { mpi } = chosen.value;
  const start = mpi && startOf(mpi, services);
  return success({
    partitions: partitions.map(({ name }) => name),
    mpis,
    libraries: common(
      partitions.map((one) => one.libraries),
      libraryKey,
    ),
    modules: common(
      partitions.map((one) => one.modules),
      (name) => name,
    ),
    hasSpack: partitions.every((one) => one.hasSpack),
    hasConda: partitions.every((one) => one.hasConda),
    ...services,
    ...(machines[0] !== undefined && { machine: machines[0] }),
    ...(glibc !== undefined && { glibc }),
    ...(gpu && { gpu }),
    ...(mpi && { mpi }),
    ...(start && { start }),
    notes: [...notesOf(partitions, gpu), ...chosen.value.notes],
  });
}
