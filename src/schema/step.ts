import * as z from 'zod';
import { MountClass, PathEntryOrigin } from './recording/facts.ts';
import {
  CgroupFact,
  CpuList,
  DevicesFact,
  LauncherFact,
  LauncherName,
  LibraryKind,
  LimitsFact,
  MpiFamily,
  PoolsFact,
  ThreadLevel,
  TopologyFact,
} from './recording/step-facts.ts';

// What gatherers make of the recordings of a job step, one a node: plain facts of all ranks. What ranks share is held
// once, so that 8,192 ranks which are the same are one entry.

const Count = z.int().nonnegative();

export interface Group<Value> {
  /** Numbers within the step, ascending. */
  ranks: number[];
  value: Value;
}

/** Every rank that could be asked is in one group. Largest group first, then by lowest rank. */
const grouped = <Value extends z.ZodType>(value: Value) => z.array(z.object({ ranks: z.array(Count), value }));

/** Which ranks and nodes there should be, which were heard, and how they ended. */
export const Step = z.object({
  launcher: z.string(),
  command: z.object({ form: z.string(), script: z.string() }).optional(),
  /** By the launcher's word. */
  expected: z.object({ nodes: Count, ranks: Count }),
  /** One a recording, in the order of their lowest rank. */
  nodes: z.array(
    z.object({
      name: z.string(),
      number: Count.optional(),
      localRanks: Count,
      ranks: z.array(Count),
      started: z.string(),
    }),
  ),
  /** Nodes of which there is no recording: their numbers where the launcher numbers them. */
  silentNodes: z.object({ count: Count, numbers: z.array(Count) }),
  /** Ranks that a node's launcher started and that left nothing. */
  silentRanks: z.array(Count),
  ended: grouped(
    z.object({
      seen: z.enum(['inside', 'outside', 'nothing']),
      because: z.string().optional(),
      status: z.int().optional(),
      signal: z.string().optional(),
      timeLimit: z.boolean(),
    }),
  ),
  secondsLimit: z.number(),
  seconds: z.array(
    z.object({
      rank: Count,
      imports: z.number().optional(),
      command: z.number().optional(),
      collector: z.number().optional(),
    }),
  ),
  truncated: z.array(z.string()),
  missing: z.array(z.object({ what: z.string(), because: z.string(), hint: z.string().optional() })),
  removed: z.record(z.string(), Count),
});
export type Step = z.infer<typeof Step>;

/** What the launchers say of the ranks, and what MPI says. */
export const World = z.object({
  launched: grouped(
    LauncherFact.omit({ ranks: true }).extend({
      /** Sizes only; each rank's own number is in `rows`. */
      claims: z.array(z.object({ launcher: LauncherName, size: Count.optional() })),
    }),
  ),
  mpi: grouped(
    z.object({
      state: z.enum(['absent', 'loaded', 'initialized', 'finalized']),
      size: Count.optional(),
      by: z.string().optional(),
      library: z.string().optional(),
      family: MpiFamily.optional(),
      version: z.string().optional(),
      asked: ThreadLevel.optional(),
      given: ThreadLevel.optional(),
    }),
  ),
  rows: z.array(z.object({ rank: Count, node: Count, mpiRank: Count.optional(), mpiSize: Count.optional() })),
});
export type World = z.infer<typeof World>;

/** Where the ranks run. `node` indexes are those of `step.nodes`. */
export const Placement = z.object({
  /** Distinct topologies and sets of devices. */
  layouts: z.array(TopologyFact),
  devices: z.array(DevicesFact),
  nodes: z.array(
    z.object({
      name: z.string(),
      layout: Count.optional(),
      devices: Count.optional(),
      ranks: z.array(
        z.object({
          rank: Count,
          localRank: Count.optional(),
          atStart: CpuList.optional(),
          afterImports: CpuList.optional(),
          visibleDevices: z.array(z.object({ variable: z.string(), value: z.string() })),
        }),
      ),
    }),
  ),
  maskChanges: grouped(
    z.array(z.object({ module: z.string(), before: CpuList, after: CpuList, libraries: z.array(z.string()) })),
  ),
});
export type Placement = z.infer<typeof Placement>;

/** Threads that the libraries of a rank will start, and what bounds them. */
export const Threads = z.object({
  pools: grouped(z.array(PoolsFact.shape.pools.element.extend({ library: z.string().optional() }))),
  counts: grouped(z.array(z.object({ source: z.string(), cpus: Count }))),
  limits: grouped(LimitsFact.omit({ ranks: true })),
  cgroups: grouped(CgroupFact.omit({ ranks: true })),
  /** At the end of the command. */
  running: z.array(z.object({ rank: Count, threads: Count })),
});
export type Threads = z.infer<typeof Threads>;

export const LoadedLibrary = z.object({
  path: z.string(),
  kind: LibraryKind,
  name: z.string(),
  version: z.string().optional(),
  family: MpiFamily.optional(),
  owner: z.string().optional(),
});
export type LoadedLibrary = z.infer<typeof LoadedLibrary>;

/** Libraries of the kinds that clash, as they were mapped. */
export const Loaded = z.object({ groups: grouped(z.object({ libraries: z.array(LoadedLibrary), others: Count })) });
export type Loaded = z.infer<typeof Loaded>;

/** What is in the environment, loaded or not. */
export const Found = z.object({
  groups: grouped(
    z.object({
      /** In the order of `sys.path`; of two of one name the first wins. */
      distributions: z.array(z.object({ name: z.string(), version: z.string(), folder: z.string().optional() })),
      /** The first is the one that an import would get. */
      mpi: z.array(
        z.object({
          path: z.string(),
          family: MpiFamily,
          soname: z.string().optional(),
          via: z.string(),
          needed: z.array(z.string()).optional(),
        }),
      ),
      mpi4py: z.object({ path: z.string(), built: z.array(MpiFamily), needed: z.array(z.string()) }).optional(),
    }),
  ),
});
export type Found = z.infer<typeof Found>;

/** The Python of the ranks. */
export const Interpreters = z.object({
  groups: grouped(
    z.object({
      version: z.string(),
      implementation: z.string(),
      executable: z.string(),
      prefix: z.string(),
      basePrefix: z.string(),
      flags: z.record(z.string(), z.boolean()),
      pathEntries: z.array(z.object({ path: z.string(), origin: PathEntryOrigin, exists: z.boolean().optional() })),
      userSite: z.object({ enabled: z.boolean(), path: z.string() }).optional(),
      gil: z.string().optional(),
    }),
  ),
  environment: grouped(
    z.object({ values: z.record(z.string(), z.string()), searchPaths: z.record(z.string(), z.array(z.string())) }),
  ),
  modules: grouped(
    z.object({
      modules: Count,
      fromSource: Count,
      fromSourceNames: z.array(z.string()),
      shadows: z.array(
        z.object({
          module: z.string(),
          path: z.string(),
          hides: z.enum(['standard library', 'distribution']),
          loaded: z.boolean(),
        }),
      ),
      gilTurnedOnBy: z.string().optional(),
    }),
  ),
  /** The slowest imports of the rank that took longest. */
  slowest: z
    .object({ rank: Count, imports: z.array(z.object({ module: z.string(), seconds: z.number() })) })
    .optional(),
});
export type Interpreters = z.infer<typeof Interpreters>;

/** On what the environment, the interpreter, caches and home live. */
export const Places = z.object({
  groups: grouped(
    z.array(
      z.object({
        name: z.string(),
        path: z.string(),
        class: MountClass.optional(),
        /** `unknown` is never taken for local. */
        sharing: z.enum(['shared', 'node-local', 'unknown']),
      }),
    ),
  ),
});
export type Places = z.infer<typeof Places>;

/** What each node is: entries that are the same name all their nodes. */
export const Hosts = z.object({
  groups: z.array(
    z.object({
      nodes: z.array(z.string()),
      value: z.object({
        system: z.string(),
        kernel: z.string(),
        machine: z.string(),
        libc: z.string().optional(),
        cpuModel: z.string().optional(),
        cpusOnline: Count.optional(),
        memoryBytes: Count.optional(),
        drivers: z.record(z.string(), z.string()),
        /** `4 × NVIDIA A100`, by model. */
        gpus: z.array(z.string()),
        nics: z.array(z.string()),
      }),
    }),
  ),
});
export type Hosts = z.infer<typeof Hosts>;

export const stepArtifacts = {
  step: Step,
  world: World,
  placement: Placement,
  threads: Threads,
  loaded: Loaded,
  found: Found,
  interpreters: Interpreters,
  places: Places,
  hosts: Hosts,
} as const;

export interface StepArtifacts {
  step: Step;
  world: World;
  placement: Placement;
  threads: Threads;
  loaded: Loaded;
  found: Found;
  interpreters: Interpreters;
  places: Places;
  hosts: Hosts;
}

/** How a node's ranks lie on its cores; nodes that look the same share one picture. */
export const PlacementPicture = z.object({
  /** Names of the first nodes that look so, and how many there are. */
  nodes: z.array(z.string()),
  count: Count,
  /** Hardware threads of each core, in the order of package, NUMA node, core. */
  cores: z.array(
    z.object({
      package: Count,
      numa: Count.optional(),
      cpus: z.array(z.object({ cpu: Count, localRanks: z.array(Count) })),
    }),
  ),
  ranks: z.array(
    z.object({
      localRank: Count,
      cpus: CpuList,
      /** The mask after the imports where it is another. */
      afterImports: CpuList.optional(),
      /** Threads that its largest pools will run at once. */
      threads: Count.optional(),
      gpus: z.string().optional(),
    }),
  ),
});
export type PlacementPicture = z.infer<typeof PlacementPicture>;

/** What the page of a step shows beside its findings. Constant length, whatever the number of ranks. */
export const StepSection = z.object({
  launcher: z.string(),
  nodes: z.object({ expected: Count, seen: Count }),
  ranks: z.object({ expected: Count, seen: Count }),
  hasCommand: z.boolean(),
  /** Seconds from exec to the end of imports. */
  imports: z.object({ median: z.number(), longest: z.number(), longestRank: Count }).optional(),
  /** What is not the same everywhere; `where` names outliers. */
  differences: z.array(
    z.object({
      what: z.string(),
      values: z.array(
        z.object({ value: z.string(), count: Count, of: z.enum(['nodes', 'ranks']), where: z.array(z.string()) }),
      ),
    }),
  ),
  pictures: z.array(PlacementPicture),
  /** Pictures beyond those shown. */
  morePictures: Count,
  /** Facts for the ticket, told for the largest group of ranks. */
  facts: z.array(
    z.object({
      title: z.string(),
      rows: z.array(z.object({ name: z.string(), value: z.string() })),
    }),
  ),
});
export type StepSection = z.infer<typeof StepSection>;
