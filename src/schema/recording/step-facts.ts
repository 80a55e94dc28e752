import * as z from 'zod';

// The facts of a job step that the collector's `doctor` looked at: one file a node, all its ranks in it. What several
// ranks share is written once and names them. docs/concepts/recording.md tells them in prose.

const count = z.int().nonnegative();
const pathId = count;
const word = z.string().max(4096);
/** Ranks that share a fact: numbers within the step. */
const ranks = z.array(count).min(1).max(65536);
/** CPUs as the kernel writes lists of them: `0-3,8`. */
export const CpuList = z
  .string()
  .max(16384)
  .regex(/^(\d{1,6}(-\d{1,6})?(,\d{1,6}(-\d{1,6})?)*)?$/);

/** One per file: marks a recording as that of a step on one node. */
export const StepFact = z.object({
  nodeName: word,
  /** A digest of what names the step on all its nodes, so that recordings of different steps are told apart. */
  key: word.optional(),
  /** Ranks that the launcher put on this node, as far as it says so. */
  localRanks: count,
  /** False where no command was given: then nothing was imported but what the collector needs. */
  hasCommand: z.boolean(),
  /** Seconds that the command was given. */
  secondsLimit: z.number().positive(),
});

export const TopologyFact = z.object({
  online: CpuList,
  /** Hardware threads of each core, package, last-level cache. */
  cores: z.array(CpuList).max(65536),
  packages: z.array(CpuList).max(4096),
  caches: z.array(CpuList).max(65536),
  numa: z.array(z.object({ id: count, cpus: CpuList, memoryBytes: count.optional() })).max(4096),
  /** CPUs that the kernel keeps from ordinary processes. */
  isolated: CpuList.optional(),
});

export const DevicesFact = z.object({
  gpus: z
    .array(
      z.object({
        /** PCI address, `0000:3b:00.0`. */
        address: word,
        vendor: z.enum(['nvidia', 'amd', 'intel', 'other']),
        model: word.optional(),
        /** NVIDIA's device minor, `/dev/nvidiaN`: which one a job sees. */
        minor: count.optional(),
        numa: count.optional(),
        cpus: CpuList.optional(),
      }),
    )
    .max(1024),
  nics: z
    .array(
      z.object({
        name: word,
        kind: z.enum(['slingshot', 'infiniband', 'roce', 'omni-path', 'efa', 'ethernet', 'other']),
        numa: count.optional(),
        cpus: CpuList.optional(),
      }),
    )
    .max(1024),
  /** Versions of kernel drivers: `nvidia`, `amdgpu`, `i915`, `xe`, `cxi`. */
  drivers: z.record(word, word),
});

export const LauncherName = z.enum([
  'slurm',
  'openmpi',
  'pmix',
  'pmi',
  'hydra',
  'intel',
  'pals',
  'flux',
  'lsf',
  'mvapich',
]);
export const MpiFamily = z.enum(['openmpi', 'mpich', 'intel', 'cray', 'mvapich', 'standard-abi', 'unknown']);
export type MpiFamily = z.infer<typeof MpiFamily>;
/** MPI's thread levels, least first. */
export const ThreadLevel = z.enum(['single', 'funneled', 'serialized', 'multiple']);

/** What is each rank's own. */
export const RankFact = z.object({
  rank: count,
  localRank: count.optional(),
  /** `inside`: the command's Python told it at its end. `outside`: only /proc did. `nothing`: the command never started. */
  seen: z.enum(['inside', 'outside', 'nothing']),
  because: word.optional(),
  /** What the variables of each launcher say of this process, the innermost launcher's first. */
  claims: z.array(z.object({ launcher: LauncherName, rank: count.optional(), size: count.optional() })).max(32),
  affinity: z.object({
    /** Of the collector, before anything was imported. */
    atStart: CpuList.optional(),
    /** Of the main thread when the command ended. */
    afterImports: CpuList.optional(),
  }),
  /** Imports after which the main thread's mask was another. */
  maskChanges: z
    .array(z.object({ module: word, before: CpuList, after: CpuList, libraries: z.array(pathId).max(64) }))
    .max(64)
    .optional(),
  /** Threads that the process had at its end. */
  threads: count.optional(),
  /** Devices that the scheduler or the user gave: `CUDA_VISIBLE_DEVICES` and its like. */
  visibleDevices: z
    .array(z.object({ variable: word, value: word }))
    .max(8)
    .optional(),
  mpi: z
    .object({
      /** `loaded`: the library is in memory and was not initialized. */
      state: z.enum(['initialized', 'finalized', 'loaded']),
      rank: count.optional(),
      size: count.optional(),
    })
    .optional(),
  seconds: z.object({
    /** From exec of the interpreter to the end of the last import that `__main__` asked for. */
    imports: z.number().nonnegative().optional(),
    /** From exec of the command to its end. */
    command: z.number().nonnegative().optional(),
    /** What the collector took beside it. */
    collector: z.number().nonnegative().optional(),
  }),
  peakBytes: count.optional(),
  ended: z.object({
    status: z.int().optional(),
    signal: word.optional(),
    /** Ended by the collector when its seconds were over. */
    timeLimit: z.boolean().optional(),
  }),
});

/** What launched the ranks and what it holds ready for MPI. */
export const LauncherFact = z.object({
  ranks,
  /** Programs above the rank, nearest first, up to the launcher's daemon: `slurmstepd`, `orted`, `hydra_pmi_proxy`. */
  startedBy: z.array(word).max(32),
  /** Ways to find the other ranks that are set up here: names of variables say which. */
  offers: z.array(z.enum(['pmix', 'pmi-1', 'pmi-2', 'pals'])).max(8),
  /** Slurm's plugin where it is known: `SLURM_MPI_TYPE`. */
  slurmMpi: word.optional(),
  /** Version of the PMIx server, `PMIX_VERSION`. */
  pmixVersion: word.optional(),
});

export const CgroupFact = z.object({
  ranks,
  version: z.enum(['v1', 'v2', 'hybrid']),
  /** Of the process's own group; the kernel's `effective` list where it is there. */
  cpus: CpuList.optional(),
  /** CPUs' worth of time, the tightest on the way up; may be a fraction. */
  quota: z.number().positive().optional(),
  /** The tightest limit of processes and threads on the way up, and how many there were in that group. */
  pidsMax: count.optional(),
  pidsNow: count.optional(),
});

export const LimitsFact = z.object({
  ranks,
  /** Soft limits; null is unlimited. `processes` counts the user's threads on the whole node. */
  processes: count.nullable().optional(),
  openFiles: count.nullable().optional(),
  lockedBytes: count.nullable().optional(),
  stackBytes: count.nullable().optional(),
});

export const MpiFact = z.object({
  ranks,
  /** The module that initialized it: `mpi4py.MPI`; absent when a library did. */
  by: word.optional(),
  library: pathId.optional(),
  family: MpiFamily,
  /** First line of MPI_Get_library_version. Only asked where MPI was initialized. */
  version: word.optional(),
  asked: ThreadLevel.optional(),
  given: ThreadLevel.optional(),
});

export const LibraryKind = z.enum([
  'mpi',
  'pmi',
  'gtl',
  'blas',
  'openmp',
  'tbb',
  'hdf5',
  'netcdf',
  'cuda-driver',
  'cuda-runtime',
  'cublas',
  'cudnn',
  'nccl',
  'hip',
  'rccl',
  'libfabric',
  'ucx',
  'libstdc++',
  'glibc',
]);
export type LibraryKind = z.infer<typeof LibraryKind>;

export const LoadedFact = z.object({
  ranks,
  libraries: z
    .array(
      z.object({
        path: pathId,
        kind: LibraryKind,
        /** Which one of its kind: `OpenBLAS`, `MKL`, `libgomp`, `libiomp5`, `libomp`. */
        name: word,
        version: word.optional(),
        /** Of an MPI library, by its symbols. */
        family: MpiFamily.optional(),
        /** Distribution's folder in `site-packages` that brought it: `numpy.libs`. */
        owner: word.optional(),
      }),
    )
    .max(2048),
  /** Shared libraries of other kinds. */
  others: count,
});

/** What is there and was not loaded. */
export const FoundFact = z.object({
  ranks,
  /** MPI libraries in the order in which this environment would look for one: the first is the one it gets. */
  mpi: z
    .array(
      z.object({
        path: pathId,
        family: MpiFamily,
        soname: word.optional(),
        /**
         * How it is found: `LD_PRELOAD`, `MPI4PY_LIBMPI`, `virtual environment`, `user base`, `base prefix`, `RPATH`,
         * `LD_LIBRARY_PATH`, `RUNPATH`, `ld.so.cache`, `default folder`.
         */
        via: word,
        /** Libraries that it asks for, by SONAME: whether it can speak PMIx is seen there. */
        needed: z.array(word).max(256).optional(),
      }),
    )
    .max(64),
  /** What the installed mpi4py was built for. */
  mpi4py: z.object({ path: pathId, built: z.array(MpiFamily).max(8), needed: z.array(word).max(64) }).optional(),
});

export const PoolsFact = z.object({
  ranks,
  pools: z
    .array(
      z.object({
        /** `OpenBLAS`, `libgomp`, `MKL`, `torch`, `numba`, `Polars`, `Arrow`, `XLA`. */
        runtime: word,
        kind: z.enum(['blas', 'openmp', 'other']),
        /** How many threads it will use at most. */
        threads: count,
        /** `asked`: the library told. `inferred`: by what it is known to do. */
        basis: z.enum(['asked', 'inferred']),
        library: pathId.optional(),
        /** The variable that set the number. */
        variable: word.optional(),
      }),
    )
    .max(256),
});

export const CountsFact = z.object({
  ranks,
  /** How many CPUs each source says there are: `os.cpu_count`, `os.sched_getaffinity`, `joblib.cpu_count`. */
  counts: z.array(z.object({ source: word, cpus: count })).max(64),
});

export const ModulesFact = z.object({
  ranks,
  modules: count,
  /** Modules compiled from source because no bytecode served; the first of them by name. */
  fromSource: count,
  fromSourceNames: z.array(word).max(32),
  /** The slowest imports of `__main__`, in seconds with all that they import. */
  slowest: z.array(z.object({ module: word, seconds: z.number().nonnegative() })).max(16),
  /** A file that took the place of a module of the standard library or of an installed distribution. */
  shadows: z
    .array(
      z.object({
        module: word,
        path: pathId,
        hides: z.enum(['standard library', 'distribution']),
        loaded: z.boolean(),
      }),
    )
    .max(256),
  /** Import after which the GIL was on in a build that can do without. */
  gilTurnedOnBy: word.optional(),
});

/** Where things live; the path's mount says on what. */
export const PlacesFact = z.object({
  ranks,
  places: z.array(z.object({ name: word, path: pathId })).max(64),
});

export const stepFacts = {
  step: StepFact,
  topology: TopologyFact,
  devices: DevicesFact,
  rank: RankFact,
  launcher: LauncherFact,
  cgroup: CgroupFact,
  limits: LimitsFact,
  mpi: MpiFact,
  loaded: LoadedFact,
  found: FoundFact,
  pools: PoolsFact,
  counts: CountsFact,
  modules: ModulesFact,
  places: PlacesFact,
} as const;
