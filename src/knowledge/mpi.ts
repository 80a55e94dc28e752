import type { MpiFamily, World } from '#schema';
import file from '../../knowledge/mpi.json' with { type: 'json' };
import { isBefore } from './version-order.ts';

type Interface = 'pmix' | 'pmi-1' | 'pmi-2' | 'pals';

/** One way in which an MPI library was built; what it speaks is what decides whether it finds the other ranks. */
interface Build {
  readonly family: string;
  readonly name: string;
  readonly title: string;
  /** Versions: `from` is in, `below` is not. */
  readonly from?: string;
  readonly below?: string;
  /** A pattern that one of the libraries that it needs has, and one that none may have. */
  readonly marks?: string;
  readonly unless?: string;
  readonly speaks: readonly string[];
  /** By launcher, or under `any`. */
  readonly speaksUnder?: Readonly<Record<string, readonly string[]>>;
  readonly maySpeak?: Readonly<Record<string, readonly string[]>>;
  /** Launchers under which it is not known to work although they have an interface in common. */
  readonly riskyUnder?: readonly string[];
  /** Launchers that it may reach in a way that leaves no trace in the environment. */
  readonly unclearUnder?: readonly string[];
  /** Without the others it ends in MPI_Init under these launchers, or where these interfaces are offered; else it goes on alone. */
  readonly abortsUnder?: readonly string[];
  readonly abortsWhere?: readonly string[];
  readonly srun: string;
  readonly own: string;
  readonly source: string;
}

interface Launcher {
  readonly id: string;
  readonly title: string;
  readonly daemons: readonly string[];
  /** What its tasks can be offered; other variables are left over from an outer launcher. */
  readonly provides: readonly string[];
  readonly source: string;
}

// JSON gives TypeScript a union of all shapes of the entries; mpi.test.ts holds them to these.
const builds: readonly Build[] = file.libraries as readonly Build[];
const launchers: readonly Launcher[] = file.launchers;

/** PyPI distributions that bring an MPI library into the environment, by normalised name. */
export const mpiPackages: readonly { readonly name: string; readonly family: string }[] = file.packages;

/** PyPI distributions that load an MPI library when they are imported, by normalised name. */
export const mpiConsumers: readonly string[] = file.consumers.names;

/** The newest release that an MPI library can be of, by the real name of its file; undefined where that tells nothing. */
export function mpiVersionOfFile(family: string, path: string): string | undefined {
  return file.files.find((entry) => entry.family === family && new RegExp(entry.file).test(path))?.version;
}

const INTERFACES: Readonly<Record<string, string>> = {
  pmix: 'PMIx',
  'pmi-1': 'PMI-1',
  'pmi-2': 'PMI-2',
  pals: 'PALS',
};

type Apart = Extract<MpiFit, { kind: 'apart' }>;

/** How ranks were started: `world.launched`. */
export interface Launched extends Pick<World['launched'][number]['value'], 'startedBy' | 'offers'> {
  readonly claims: readonly { readonly launcher: string }[];
}

/** An MPI library, loaded or found. */
export interface MpiLibrary {
  readonly family: MpiFamily;
  readonly version?: string | undefined;
  /** Names of the libraries that it needs; tells how it was built. */
  readonly needed?: readonly string[] | undefined;
}

/** Whether the ranks that a launcher started become one job of a library, and why. */
export type MpiFit =
  | { readonly kind: 'one-world'; readonly because: string }
  | {
      readonly kind: 'apart';
      /**
       * Each rank goes on as rank 0 of 1, or ends in MPI_Init; `either` where that is not known. `mixed`: each meets the daemon
       * of its launcher's own step, and takes that one's number.
       */
      readonly ends: 'singletons' | 'abort' | 'either' | 'mixed';
      readonly because: string;
      /** One imperative sentence. */
      readonly fix: string;
    }
  | { readonly kind: 'unknown'; readonly because: string; readonly fix?: string };

/** The launcher nearest to the ranks: by the daemon above them, else by what its variables say. */
export function launcherOf({ startedBy, claims }: Launched): { id: string; title: string } | undefined {
  const claimed = new Set(claims.map(({ launcher }) => launcher));
  for (const program of startedBy) {
    const found = launchers.find(({ daemons }) => daemons.includes(program));
    if (found?.id === 'hydra' && claimed.has('intel')) return launchers.find(({ id }) => id === 'intel');
    if (found) return found;
  }
  // An outer launcher's variables are inherited: Slurm's come last.
  const [outer, ...inner] = launchers;
  return [...inner, outer].find((launcher) => launcher && claimed.has(launcher.id));
}

/** `Open MPI before 5`: what a library is, as near as is known. */
export function mpiTitle(library: MpiLibrary): string {
  const candidates = buildsOf(library);
  const [first] = candidates;
  if (!first) return library.family === 'standard-abi' ? 'an MPI of the standard ABI' : 'an MPI of unknown family';
  return candidates.every(({ title }) => title === first.title) ? first.title : first.name;
}

export function fitOf(launched: Launched, library: MpiLibrary): MpiFit {
  if (library.family === 'unknown') return unknown('its symbols do not tell which MPI it is');
  if (library.family === 'standard-abi') {
    return unknown('it has the standard ABI, which does not tell by whom its ranks find each other');
  }
  const found = launcherOf(launched);
  const launcher = launchers.find(({ id }) => id === found?.id);
  if (!launcher) return unknown('no launcher was recognised above the ranks');
  const title = mpiTitle(library);
  const fits = buildsOf(library).map((build) =>
    fitOfBuild({ build, title, launcher, ...offersOf(launched, launcher) }),
  );
  return agreed(fits);
}

const unknown = (because: string, fix?: string): MpiFit => ({ kind: 'unknown', because, ...(fix ? { fix } : {}) });

/** All builds that a library can be. */
function buildsOf({ family, version, needed }: MpiLibrary): Build[] {
  const ofVersion = builds.filter((build) => build.family === family && isWithinVersions(version, build));
  if (!needed) return ofVersion;
  const has = (pattern: string) => needed.some((name) => new RegExp(pattern).test(name));
  const marked = ofVersion.filter(({ marks, unless }) => !(marks && !has(marks)) && !(unless && has(unless)));
  return marked.length > 0 ? marked : ofVersion;
}

function isWithinVersions(version: string | undefined, { from, below }: Build): boolean {
  if (!version) return true;
  return !(from && isBefore(version, from)) && !(below && !isBefore(version, below));
}

interface Case {
  readonly build: Build;
  readonly title: string;
  readonly launcher: Launcher;
  readonly offers: readonly Interface[];
  /** Of a launcher further out: Hydra's daemons run in a step of Slurm, and their ranks inherit its variables. */
  readonly inherited: readonly Interface[];
  /** Whether the ranks see variables of a Slurm step. */
  readonly isInSlurm: boolean;
}

function offersOf(
  { offers, claims }: Launched,
  { provides }: Launcher,
): Pick<Case, 'offers' | 'inherited' | 'isInSlurm'> {
  return {
    isInSlurm: claims.some(({ launcher }) => launcher === 'slurm'),
    offers: offers.filter((offer) => provides.includes(offer)),
    inherited: offers.filter((offer) => !provides.includes(offer)),
  };
}

function fitOfBuild(one: Case): MpiFit {
  const { build, title, launcher, offers, inherited } = one;
  const misled = inherited.filter((offer) => build.abortsWhere?.includes(offer));
  if (misled.length > 0) return misledBy(misled, one);
  const speaks = [...build.speaks, ...(build.speaksUnder?.[launcher.id] ?? [])];
  const common = offers.filter((offer) => speaks.includes(offer));
  if (common.length === 0) return fitWithout(one, speaks);
  if (build.riskyUnder?.includes(launcher.id)) {
    const because = `${title} speaks ${listed(common)} as ${launcher.title} does, but not every version of the two works together`;
    return unknown(because, fixOf(one));
  }
  return { kind: 'one-world', because: `${title} speaks ${listed(common)}, which ${launcher.title} offers` };
}

function misledBy(misled: readonly Interface[], { title, launcher }: Case): MpiFit {
  return {
    kind: 'apart',
    ends: 'abort',
    because: `${title} under ${launcher.title} also sees ${listed(misled)} of the Slurm step in which the launcher runs`,
    fix: 'Run `export SLURM_MPI_TYPE=none` before the launcher',
  };
}

/** Nothing in common that is certain. */
function fitWithout(one: Case, speaks: readonly string[]): MpiFit {
  const { build, title, launcher, offers } = one;
  const offered = offers.length > 0 ? `offers ${listed(offers)}` : 'offers no way to find the other ranks';
  const maySpeak = [...(build.maySpeak?.[launcher.id] ?? []), ...(build.maySpeak?.any ?? [])];
  if (offers.some((offer) => maySpeak.includes(offer))) {
    return unknown(`${launcher.title} ${offered}, which ${title} speaks only in some installations`, fixOf(one));
  }
  if (build.unclearUnder?.includes(launcher.id)) {
    return unknown(`${title} may reach ${launcher.title} in a way that was not seen`, fixOf(one));
  }
  const because = `${title} finds the other ranks through ${listed(speaks)}, and ${launcher.title} ${offered}`;
  return { kind: 'apart', ends: endsOf(one, speaks), because, fix: fixOf(one) };
}

function endsOf({ build, launcher, offers, inherited, isInSlurm }: Case, speaks: readonly string[]): Apart['ends'] {
  // It meets the daemons of the outer step instead, and each version ends otherwise.
  if (inherited.some((offer) => speaks.includes(offer))) return 'mixed';
  // A launcher that was itself started in a step leaves the step's variables, which are taken for srun's.
  if (launcher.id !== 'slurm' && isInSlurm && build.abortsUnder?.includes('slurm')) return 'either';
  const aborts = build.abortsUnder?.includes(launcher.id) || offers.some((offer) => build.abortsWhere?.includes(offer));
  return aborts ? 'abort' : 'singletons';
}

const listed = (interfaces: readonly string[]): string =>
  interfaces.map((name) => INTERFACES[name] ?? name).join(' or ');

function fixOf({ build, launcher }: Case): string {
  if (launcher.id === 'slurm') {
    return `Start the step with \`${build.srun}\` where \`srun --mpi=list\` has it, or with ${build.own}`;
  }
  return `Start the job with ${build.own}, or use the MPI that belongs to ${launcher.title}`;
}

/** One answer of all builds that it could be. */
function agreed(fits: readonly MpiFit[]): MpiFit {
  const [first] = fits;
  if (!first) return unknown('nothing is known of this MPI');
  const others = fits.slice(1);
  if (others.every(({ kind }) => kind === first.kind)) {
    if (first.kind !== 'apart') return first;
    const same = others.every((fit) => fit.kind === 'apart' && fit.ends === first.ends);
    return same ? first : { ...first, ends: 'either' };
  }
  const apart = fits.find((fit) => fit.kind === 'apart');
  const reasons = new Set(fits.map(({ because }) => because));
  return unknown(
    `how it was built is not known: ${[...reasons].join('; or ')}`,
    apart?.kind === 'apart' ? apart.fix : undefined,
  );
}
