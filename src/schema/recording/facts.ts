import * as z from 'zod';
import { hostFacts } from './host-facts.ts';
import { MountClass } from './mount-class.ts';
import { stepFacts } from './step-facts.ts';

export { MountClass };

// The rare lines of a recording, `["fact", name, {…}]`. docs/concepts/recording.md tells them in prose.

const count = z.int().nonnegative();
const pathId = count;
const word = z.string().max(4096);

/** What the user typed, without its arguments. */
export const CommandFact = z.object({
  form: z.enum([
    'python',
    'script',
    'module',
    'command',
    'entry-point',
    'shell',
    'launcher',
    'embedded',
    'kernel',
    'other',
  ]),
  program: word,
  /** The script's or module's name, never its arguments. */
  script: word.optional(),
  argc: count,
});

export const LaunchFact = z.object({
  launcher: z.enum(['none', 'slurm', 'openmpi', 'mpich', 'pals', 'flux', 'lsf', 'other']),
  nodes: count,
  ranks: count,
  ranksPerNode: count,
  /** Numbers within the step, from 0; absent outside one. */
  node: count.optional(),
  rank: count.optional(),
  localRank: count.optional(),
  observedRanks: z.array(count).optional(),
});

export const NodeFact = z.object({
  system: word,
  kernel: word,
  machine: word,
  libc: word.optional(),
  cpuModel: word.optional(),
  cpusOnline: count.optional(),
  cpusAllowed: count.optional(),
  /** CPUs the cgroup's quota allows; may be a fraction. */
  cpuQuota: z.number().positive().optional(),
  memoryBytes: count.optional(),
});

export const PathEntryOrigin = z.enum([
  'script',
  'pythonpath',
  'zip',
  'stdlib',
  'dynload',
  'site',
  'user',
  'pth',
  'other',
]);

/** In a recording of a whole step: the ranks that share the fact. */
const sharedBy = z.array(count).max(65536).optional();

/** The interpreter of one process; `process` is its id, 0 in a recording of a step. */
export const PythonFact = z.object({
  process: count,
  ranks: sharedBy,
  version: word,
  implementation: word,
  executable: pathId,
  prefix: pathId,
  basePrefix: pathId,
  stdlib: pathId,
  flags: z.object({
    isolated: z.boolean(),
    ignoreEnvironment: z.boolean(),
    noSite: z.boolean(),
    noUserSite: z.boolean(),
    safePath: z.boolean(),
    dontWriteBytecode: z.boolean(),
    utf8Mode: z.boolean().optional(),
  }),
  /** `sys.path` at the start of `__main__`, in order. */
  pathEntries: z.array(z.object({ path: pathId, origin: PathEntryOrigin, exists: z.boolean().optional() })),
  /** `sys.meta_path` and `sys.path_hooks` beyond the interpreter's own, by class or function name. */
  importHooks: z.array(word).optional(),
  userSite: z.object({ enabled: z.boolean(), path: pathId }).optional(),
  pycachePrefix: pathId.optional(),
  sitecustomize: z.boolean().optional(),
  gil: z.enum(['always', 'enabled', 'disabled']).optional(),
});

export const MountFact = z.object({
  id: count,
  point: pathId,
  /** As the kernel says it: `ext4`, `fuse.sshfs`. */
  type: word,
  class: MountClass,
  /** What lies below an overlay or a loop mount, when it can be told. */
  backing: MountClass.optional(),
  readOnly: z.boolean().optional(),
  /** Allowlisted mount options that change caching: `actimeo=3`, `nocto`, `flock`. */
  options: z.array(word).optional(),
});

export const EnvironmentFact = z.object({
  ranks: sharedBy,
  values: z.record(word, word),
  searchPaths: z.record(word, z.array(pathId)),
});

export const DistributionFact = z.object({ name: word, version: word, path: pathId.optional(), ranks: sharedBy });

export const LibraryFact = z.object({
  path: pathId,
  soname: word.optional(),
  needed: z.array(word),
  rpath: z.array(word).optional(),
  runpath: z.array(word).optional(),
  fileBytes: count.optional(),
  mappedBytes: count.optional(),
});

export const ActivityFact = z.object({
  process: count,
  import: count,
  t: count,
  kind: z.enum(['spawn', 'connect', 'write', 'lock', 'jit', 'library']),
  /** Program, file or library, when it may be kept. */
  path: pathId.optional(),
  detail: word.optional(),
});

export const UsedFact = z.object({ process: count, modules: z.array(word), unused: z.array(word) });

export const MissingFact = z.object({ what: word, because: word, hint: word.optional() });

export const ReplayFact = z.object({
  done: z.boolean(),
  because: word.optional(),
  /** Modules that the job imported and the replay did not, with the reason. */
  leftOut: z.array(z.object({ module: word, because: word })).optional(),
  secondsLimit: z.number().optional(),
});

export const RemovedFact = z.object({ counts: z.record(word, count) });

export const ExitFact = z.object({
  status: z.int().optional(),
  signal: word.optional(),
  /** The collector was told to stop: `SIGTERM` by the scheduler's limit, `SIGINT` by the user. */
  interrupted: word.optional(),
});

export const facts = {
  command: CommandFact,
  launch: LaunchFact,
  node: NodeFact,
  python: PythonFact,
  mount: MountFact,
  environment: EnvironmentFact,
  distribution: DistributionFact,
  library: LibraryFact,
  activity: ActivityFact,
  used: UsedFact,
  missing: MissingFact,
  replay: ReplayFact,
  removed: RemovedFact,
  exit: ExitFact,
  ...stepFacts,
  ...hostFacts,
} as const;

export type FactName = keyof typeof facts;
export type Facts = { [Name in FactName]: z.infer<(typeof facts)[Name]>[] };
