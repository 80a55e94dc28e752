import type { Facts, LoadedLibrary } from '#schema';

// What a step is made of, in plain words: paths are text, and each rank says all of its own. `step-draft.ts` makes
// recordings of it as the collector writes them.

type Fact<Name extends keyof Facts> = Facts[Name][number];
type WithoutRanks<Value> = Omit<Value, 'ranks'>;
type Rank = Fact<'rank'>;
type PathAsText<Value, Key extends keyof Value> = Omit<Value, Key> & { readonly [K in Key]: string };
type Pool = Omit<Fact<'pools'>['pools'][number], 'library'> & { readonly library?: string };

export interface PythonPlan
  extends Omit<Fact<'python'>, 'process' | 'ranks' | PythonPath | 'pathEntries' | 'userSite'> {
  readonly executable: string;
  readonly prefix: string;
  readonly basePrefix: string;
  readonly stdlib: string;
  readonly pathEntries: readonly PathAsText<Fact<'python'>['pathEntries'][number], 'path'>[];
  readonly userSite?: { readonly enabled: boolean; readonly path: string };
}
type PythonPath = 'executable' | 'prefix' | 'basePrefix' | 'stdlib' | 'pycachePrefix';

/** One rank. What is undefined is not in the recording. */
export interface RankPlan {
  readonly seen: Rank['seen'];
  readonly because: string | undefined;
  readonly claims: Rank['claims'];
  readonly affinity: Rank['affinity'];
  readonly maskChanges: readonly (Omit<NonNullable<Rank['maskChanges']>[number], 'libraries'> & {
    readonly libraries: readonly string[];
  })[];
  readonly threads: number | undefined;
  readonly visibleDevices: NonNullable<Rank['visibleDevices']>;
  readonly mpi: Rank['mpi'];
  readonly seconds: Rank['seconds'];
  readonly ended: Rank['ended'];
  readonly launcher: WithoutRanks<Fact<'launcher'>> | undefined;
  readonly cgroup: WithoutRanks<Fact<'cgroup'>> | undefined;
  readonly limits: WithoutRanks<Fact<'limits'>> | undefined;
  /** Of the library that initialized MPI. */
  readonly mpiLibrary: (Omit<Fact<'mpi'>, 'ranks' | 'library'> & { readonly library?: string }) | undefined;
  readonly loaded: { readonly libraries: readonly LoadedLibrary[]; readonly others: number } | undefined;
  readonly found: FoundPlan | undefined;
  readonly distributions: readonly { readonly name: string; readonly version: string; readonly folder?: string }[];
  readonly pools: readonly Pool[] | undefined;
  readonly counts: Fact<'counts'>['counts'] | undefined;
  readonly modules: ModulesPlan | undefined;
  readonly places: readonly { readonly name: string; readonly path: string }[] | undefined;
  readonly python: PythonPlan | undefined;
  readonly environment: { readonly values: Record<string, string>; readonly searchPaths: Record<string, string[]> };
}

interface FoundPlan {
  readonly mpi: readonly PathAsText<Fact<'found'>['mpi'][number], 'path'>[];
  readonly mpi4py?: PathAsText<NonNullable<Fact<'found'>['mpi4py']>, 'path'>;
}
interface ModulesPlan extends Omit<WithoutRanks<Fact<'modules'>>, 'shadows'> {
  readonly shadows: readonly PathAsText<Fact<'modules'>['shadows'][number], 'path'>[];
}

/** One node. */
export interface NodePlan {
  readonly name: string;
  /** True where nothing of it arrived. */
  readonly silent: boolean;
  readonly started: string;
  readonly truncated: boolean;
  readonly key: string | undefined;
  readonly node: Fact<'node'>;
  readonly topology: Fact<'topology'> | undefined;
  readonly devices: Fact<'devices'> | undefined;
  /** The root first. */
  readonly mounts: readonly (Omit<Fact<'mount'>, 'id' | 'point'> & { readonly point: string })[];
  readonly missing: readonly Fact<'missing'>[];
  readonly removed: Record<string, number>;
}

export interface StepPlan {
  readonly nodes: number;
  readonly ranksPerNode: number;
  readonly launcher: Fact<'launch'>['launcher'];
  /** `null`: none was given. */
  readonly command: Fact<'command'> | null;
  readonly secondsLimit: number;
  /** A node's own part, laid over the healthy one. */
  readonly node: (number: number) => Partial<NodePlan>;
  /** A rank's own part, laid over the healthy one; `silent` for one that left nothing. */
  readonly rank: (rank: number, node: number) => Partial<RankPlan> | 'silent';
}

/** Packages × NUMA nodes × cores × hardware threads, numbered as Linux does on x86: siblings one whole set of cores apart. */
export function planTopology(packages: number, numaInPackage: number, coresInNuma: number, threadsInCore = 1) {
  const cores = packages * numaInPackage * coresInNuma;
  const siblings = (core: number) => Array.from({ length: threadsInCore }, (_, thread) => core + thread * cores);
  const block = (first: number, count: number) =>
    siblings(first)
      .map((cpu) => (count === 1 ? `${cpu}` : `${cpu}-${cpu + count - 1}`))
      .join();
  const blocks = (count: number) => Array.from({ length: cores / count }, (_, number) => block(number * count, count));
  return {
    online: `0-${cores * threadsInCore - 1}`,
    cores: Array.from({ length: cores }, (_, core) => siblings(core).join()),
    packages: blocks(numaInPackage * coresInNuma),
    caches: blocks(coresInNuma),
    numa: blocks(coresInNuma).map((cpus, id) => ({ id, cpus, memoryBytes: 64 * 2 ** 30 })),
  };
}
