import { formatCount, formatCountOf } from '#base';
import type { StepSection } from '#schema';

// How the ranks of a node lie on its cores, laid out once for the faces that draw it.

export type Picture = StepSection['pictures'][number];
type PicturedCore = Picture['cores'][number];

/** What may run there: nothing, the one local rank of this number, or several. */
export type Owner = number | 'none' | 'several';

export interface Core {
  /** One each hardware thread of the core. */
  readonly cpus: readonly number[];
  readonly owners: readonly Owner[];
}

/** Cores that share memory: a NUMA node, or a package where there are no such nodes. */
export interface Domain {
  readonly name: string;
  readonly cores: readonly Core[];
  /** True where hardware threads of one core belong to different ranks: each is shown then. */
  readonly divided: boolean;
}

export interface Layout {
  readonly domains: readonly Domain[];
  /** Hardware threads of the core that has most. */
  readonly threads: number;
  readonly cores: {
    readonly all: number;
    readonly idle: number;
    readonly several: number;
    /** Some of its hardware threads are used, and some are not. */
    readonly partly: number;
  };
  /** True where a letter or a digit tells every local rank. */
  readonly short: boolean;
}

/** As many as one sign can tell. */
const SIGNS = '0123456789abcdefghijklmnopqrstuvwxyz';

/** No core of a real machine has more; a made-up one may. */
const MOST_THREADS = 8;

function ownerOf(localRanks: readonly number[]): Owner {
  const [first] = localRanks;
  if (first === undefined) return 'none';
  return localRanks.some((rank) => rank !== first) ? 'several' : first;
}

function coreOf({ cpus }: PicturedCore): Core {
  const shown = cpus.slice(0, MOST_THREADS);
  return { cpus: shown.map(({ cpu }) => cpu), owners: shown.map(({ localRanks }) => ownerOf(localRanks)) };
}

/** The owner of the core as a whole: several where its threads have different ones. */
export function ownerOfCore({ owners }: Core): Owner {
  const used = [...new Set(owners.filter(isUsed))];
  return used.length > 1 ? 'several' : (used[0] ?? 'none');
}

const isUsed = (owner: Owner) => owner !== 'none';

const isDivided = ({ owners }: Core) => new Set(owners.filter(isUsed)).size > 1;

function nameOf({ package: socket, numa }: PicturedCore, packages: number): string {
  const where = packages > 1 || numa === undefined ? [`package ${socket}`] : [];
  return [...where, ...(numa === undefined ? [] : [`NUMA ${numa}`])].join(' ');
}

function domainsOf({ cores }: Picture): Domain[] {
  const packages = new Set(cores.map((core) => core.package)).size;
  const named = new Map<string, Core[]>();
  for (const core of cores) {
    const name = nameOf(core, packages);
    const others = named.get(name);
    if (others) others.push(coreOf(core));
    else named.set(name, [coreOf(core)]);
  }
  return [...named].map(([name, inside]) => ({ name, cores: inside, divided: inside.some(isDivided) }));
}

export function layOutPicture(picture: Picture): Layout {
  const domains = domainsOf(picture);
  const cores = domains.flatMap((domain) => domain.cores);
  const count = (owner: Owner) => cores.filter((core) => core.owners.every((each) => each === owner)).length;
  const largest = picture.ranks.reduce((most, { localRank }) => Math.max(most, localRank), 0);
  const drawn = cores.flatMap(({ owners }) => owners.filter((owner) => typeof owner === 'number'));
  return {
    domains,
    threads: cores.reduce((most, { cpus }) => Math.max(most, cpus.length), 1),
    cores: {
      all: cores.length,
      idle: count('none'),
      several: cores.filter((core) => ownerOfCore(core) === 'several').length,
      partly: cores.filter(({ owners }) => owners.some(isUsed) && !owners.every(isUsed)).length,
    },
    short: drawn.every((rank) => rank < SIGNS.length) && largest < SIGNS.length,
  };
}

/** The sign of an owner: `.` none, `*` several, else the local rank, as 0-9a-z where that tells them all. */
export function signOf(owner: Owner, { short }: Pick<Layout, 'short'>): string {
  if (owner === 'none') return '.';
  if (owner === 'several') return '*';
  return short ? (SIGNS[owner] ?? '?') : String(owner);
}

/** `64 cores of 2 hardware threads: 32 are idle, 4 are open to several ranks`. */
export function tellLayout({ cores, threads }: Layout): string {
  const size = formatCountOf(cores.all, 'core');
  const each = threads > 1 ? ` of ${threads} hardware threads` : '';
  const traits = [
    ...(cores.idle > 0 ? [`${formatCount(cores.idle)} open to no rank`] : []),
    ...(cores.partly > 0 ? [`${formatCount(cores.partly)} with a hardware thread open to none`] : []),
    ...(cores.several > 0 ? [`${formatCount(cores.several)} open to several ranks`] : []),
  ];
  return `${size}${each}${traits.length > 0 ? `: ${traits.join(', ')}` : ''}`;
}

/** `n0417, n0418 and 1,021 more nodes`; the names are still as they were recorded. */
export function tellNodes({ nodes, count }: Picture, shown: (name: string) => string): string {
  const named = nodes.slice(0, 4).map(shown);
  const more = count - named.length;
  if (named.length === 0) return formatCountOf(Math.max(1, count), 'node');
  if (more > 0) return `${named.join(', ')} and ${formatCountOf(more, 'more node', 'more nodes')}`;
  return named.join(', ');
}
