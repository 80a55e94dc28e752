import { compareVersions } from '#base';
import { runsCodeOf } from '#knowledge';
import { type Machine, MPI_NAMES } from '#schema';

/** A name with its machine, for sentences. */
export interface Named {
  readonly name: string;
  readonly machine: Machine;
}

type Mpi = Machine['mpis'][number];

const nameMpi = (family: Mpi['family'], version: string | undefined): string =>
  version === undefined ? MPI_NAMES[family] : `${MPI_NAMES[family]} ${version}`;

/** Open MPI and all others: their ranks never find each other. Between MPICH's kin they may. */
const isForeign = (launcher: Mpi['family'], library: Mpi['family']): boolean =>
  (launcher === 'openmpi') !== (library === 'openmpi') && launcher !== 'unknown' && library !== 'unknown';

const fileName = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** The first compiler wrapper, launcher and library of the loader: on a sound machine they are of one MPI. */
function tellMixedTools({ name, machine }: Named): string[] {
  const compiler = machine.mpiTools.find(({ tool }) => tool === 'compiler');
  const launcher = machine.mpiTools.find(({ tool }) => tool === 'launcher');
  const built = machine.mpis.find(({ library }) => library === compiler?.library);
  const loaded = machine.mpis.find(({ foundAs }) => foundAs.includes('libmpi.so'));
  const notes: string[] = [];
  if (compiler && built && launcher?.family && isForeign(launcher.family, built.family)) {
    notes.push(
      `On ${name}, ${fileName(compiler.path)} builds for ${nameMpi(built.family, built.version)}, and ${fileName(launcher.path)} is of ${nameMpi(launcher.family, launcher.version)}: of what is built so and started so, each rank is rank 0 of 1.`,
    );
  }
  if (compiler && built && loaded && loaded.library !== built.library) {
    notes.push(
      `On ${name}, ${fileName(compiler.path)} builds for ${nameMpi(built.family, built.version)}, and libmpi.so is ${nameMpi(loaded.family, loaded.version)}: what looks for an MPI at run time gets another than what is built.`,
    );
  }
  if (compiler && compiler.hasHeader === false) {
    notes.push(`On ${name}, ${fileName(compiler.path)} is there and mpi.h is not: nothing can be built with it.`);
  }
  return notes;
}

const isPersonal = (path: string) => /\$\{?USER\b|^~/.test(path);

/** Without what lies in a person's own folders: nobody else can use it. */
export function withoutPersonal({ name, machine }: Named): { readonly machine: Machine; readonly notes: string[] } {
  const personal = [
    ...machine.mpis.filter(({ library }) => isPersonal(library)).map(({ library }) => library),
    ...machine.libraries.filter(({ prefix }) => isPersonal(prefix)).map(({ prefix }) => prefix),
  ];
  if (personal.length === 0) return { machine, notes: [] };
  const mpis = machine.mpis.filter(({ library }) => !isPersonal(library));
  const libraries = machine.libraries.filter(({ prefix }) => !isPersonal(prefix));
  const notes = [`On ${name}, left out as a person's own: ${personal.join(', ')}.`];
  return { machine: { ...machine, mpis, libraries }, notes };
}

/** What the facts of one machine say of each other. */
export const notesOfMachine = (named: Named): string[] => tellMixedTools(named);

const NOT_SHARED = new Set(['local', 'tmpfs', 'pseudo', 'overlay', 'squashfs', 'unknown']);

function tellMounts(login: Named, other: Named): string[] {
  const points = new Set(other.machine.mounts.map(({ point }) => point));
  const gone = login.machine.mounts.filter((one) => !NOT_SHARED.has(one.class) && !points.has(one.point));
  if (gone.length === 0) return [];
  const named = gone.map(({ point, class: kind }) => `${point} (${kind})`).join(', ');
  return [`Mounted on ${login.name} and not on ${other.name}: ${named}. What lies there may be missing in jobs.`];
}

function tellFolders(login: Named, other: Named): string[] {
  const there = login.machine.folders.filter(({ isThere }) => isThere);
  return there.flatMap(({ variable, path }) => {
    const found = other.machine.folders.find((one) => one.variable === variable);
    if (!found || found.isThere) return [];
    return [`${variable} (${path}) is there on ${login.name} and not on ${other.name}.`];
  });
}

function tellProcessors(login: Named, other: Named): string[] {
  const [code, processor] = [login.machine.processor.target, other.machine.processor.target];
  if (code === undefined || processor === undefined || runsCodeOf(processor, code) !== false) return [];
  return [
    `Code that is built for the processor of ${login.name} (${code}) does not run on ${other.name} (${processor}): build in a job there, or for ${processor}.`,
  ];
}

function tellGlibc(login: Named, other: Named): string[] {
  const [here, there] = [login.machine.glibc, other.machine.glibc];
  if (here === undefined || there === undefined || compareVersions(there, here) >= 0) return [];
  return [
    `${other.name} has glibc ${there}, older than the ${here} of ${login.name}: what is built on ${login.name} may not load there.`,
  ];
}

function tellMpis(login: Named, other: Named): string[] {
  const there = new Set(other.machine.mpis.map(({ library }) => library));
  const gone = login.machine.mpis.filter(({ library }) => !there.has(library));
  if (gone.length === 0) return [];
  const named = gone.map(({ family, version, library }) => `${nameMpi(family, version)} (${library})`).join(', ');
  return [`Found on ${login.name} and not on ${other.name}: ${named}.`];
}

/** In what the machine of a partition is not as the login machine. */
export const notesOfDifference = (login: Named, other: Named): string[] =>
  [tellMounts, tellFolders, tellProcessors, tellGlibc, tellMpis].flatMap((tell) => tell(login, other));

/** Partitions that the scheduler names and nobody looked at. */
export function notesOfUnseen(machines: readonly Machine[], seen: ReadonlySet<string>): string[] {
  const named = new Set(machines.flatMap(({ slurmPartitions }) => slurmPartitions.map(({ name }) => name)));
  const unseen = [...named].filter((name) => !seen.has(name)).sort();
  return unseen.length === 0 ? [] : [`No machine of these partitions was looked at: ${unseen.join(', ')}.`];
}
