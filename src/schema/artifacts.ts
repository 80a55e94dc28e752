import * as z from 'zod';
import { type EnvironmentArtifacts, environmentArtifacts } from './environment.ts';
import { FilesystemProfile } from './profile.ts';
import { MountClass, PathEntryOrigin } from './recording/facts.ts';
import { type StepArtifacts, stepArtifacts } from './step.ts';

// What gatherers make of a recording: plain facts that audits read. No judgement, no source text, no secrets.

const Count = z.int().nonnegative();

/** How the command ran and how it ended. */
export const Run = z.object({
  script: z.string(),
  form: z.string(),
  outcome: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('exited'), status: z.int() }),
    z.object({ kind: z.literal('killed'), signal: z.string(), timeLimit: z.boolean() }),
    z.object({ kind: z.literal('interrupted'), signal: z.string() }),
    z.object({ kind: z.literal('unknown'), because: z.string() }),
  ]),
  launcher: z.string(),
  /** Of the run that was observed, not of the scale asked for. */
  nodes: Count,
  ranks: Count,
  /** One entry an observed rank. Seconds are wall time on that node. */
  observed: z.array(
    z.object({
      rank: Count,
      node: Count,
      beforeExecSeconds: z.number().optional(),
      interpreterSeconds: z.number().optional(),
      siteSeconds: z.number().optional(),
      importsSeconds: z.number().optional(),
      /** From exec of the interpreter to the end of the last module-level import of `__main__`, or the marker. */
      startSeconds: z.number().optional(),
      endsAt: z.enum(['last-import', 'marker', 'cut-short']),
      totalSeconds: z.number().optional(),
    }),
  ),
  truncated: z.boolean(),
  missing: z.array(z.object({ what: z.string(), because: z.string(), hint: z.string().optional() })),
  removed: z.record(z.string(), Count),
});
export type Run = z.infer<typeof Run>;

/** The examined interpreter. */
export const Python = z.object({
  version: z.string(),
  implementation: z.string(),
  executable: z.string(),
  prefix: z.string(),
  basePrefix: z.string(),
  stdlib: z.string(),
  flags: z.record(z.string(), z.boolean()),
  pathEntries: z.array(z.object({ path: z.string(), origin: PathEntryOrigin, exists: z.boolean().optional() })),
  importHooks: z.array(z.string()),
  userSite: z.object({ enabled: z.boolean(), path: z.string() }).optional(),
  pycachePrefix: z.string().optional(),
  gil: z.string().optional(),
  environment: z.record(z.string(), z.string()),
  searchPaths: z.record(z.string(), z.array(z.string())),
  distributions: z.array(z.object({ name: z.string(), version: z.string() })),
});
export type Python = z.infer<typeof Python>;

/** File systems under the paths that were used. */
export const Storage = z.object({
  mounts: z.array(
    z.object({
      id: Count,
      point: z.string(),
      type: z.string(),
      class: MountClass,
      /** `unknown` is never taken for local. */
      sharing: z.enum(['shared', 'node-local', 'unknown']),
    }),
  ),
});
export type Storage = z.infer<typeof Storage>;

export const ImportNode = z.object({
  id: Count,
  /** Id of the import that asked for it; absent at module level of `__main__`. */
  parent: Count.optional(),
  module: z.string(),
  level: z.enum(['site', 'main', 'nested', 'late']),
  outcome: z.enum(['loaded', 'missing', 'failed', 'cut-short']),
  loader: z.string().optional(),
  origin: z.string().optional(),
  /** Wall time without, and with, the imports inside it. */
  selfSeconds: z.number(),
  totalSeconds: z.number(),
  /** True when it began before the end of start. */
  inStart: z.boolean(),
});
export type ImportNode = z.infer<typeof ImportNode>;

/** The imports of one rank's job process (the first observed rank), timed in the one run. */
export const Imports = z.object({
  nodes: z.array(ImportNode),
  /** Modules loaded in start of which nothing was used after it, when that could be told. */
  unused: z.array(z.string()).optional(),
});
export type Imports = z.infer<typeof Imports>;

export const Cause = z.enum([
  'path-entry-probing',
  'suffix-probing',
  'directory-recheck',
  'source-stat',
  'bytecode-read',
  'bytecode-write',
  'source-read',
  'extension-load',
  'library-search',
  'metadata-scan',
  'pth',
  'user-site',
  'interpreter',
  'data-file',
  'spawn',
  'other',
]);
export type Cause = z.infer<typeof Cause>;

/** One kind of file operation on one path for one import: `count` times. */
export const Access = z.object({
  /** Index into `paths`. */
  path: Count,
  /** Id in `imports`, 0 for none. */
  import: Count,
  phase: z.enum(['before-exec', 'start', 'after-start']),
  cause: Cause,
  operation: z.string(),
  /** `''` when it succeeded, else the errno name. */
  error: z.string(),
  count: Count,
  bytes: z.number(),
});
export type Access = z.infer<typeof Access>;

/** The file operations of one rank's start, folded by path, import and cause. */
export const Accesses = z.object({
  /** `complete`: every file operation of the start was seen. `python-only`: what the interpreter's import system did; the dynamic loader and C code are missing. */
  coverage: z.enum(['complete', 'python-only']),
  source: z.enum(['probe', 'trace', 'replay']),
  /** Why it is not complete. */
  because: z.string().optional(),
  /** Tree: `parent` is an index into the list; entry 0 is `/`. */
  paths: z.array(
    z.object({
      parent: Count,
      name: z.string(),
      mount: Count,
      link: Count.optional(),
      removed: z.boolean().optional(),
    }),
  ),
  accesses: z.array(Access),
  /** The `.pth` and `.start` files that `site` read, with what their lines did. Seconds are inferred: from one such file to the next by a trace's clock, less what the trace adds. */
  pathConfigurations: z.array(z.object({ path: z.string(), operations: Count, seconds: z.number() })).optional(),
});
export type Accesses = z.infer<typeof Accesses>;

/** Shared libraries that the start loaded. */
export const Libraries = z.object({
  libraries: z.array(
    z.object({
      path: z.string(),
      mount: Count,
      soname: z.string().optional(),
      needed: z.array(z.string()),
      /** Absent where the file could not be asked. */
      fileBytes: z.number().optional(),
      mappedBytes: z.number().optional(),
    }),
  ),
});
export type Libraries = z.infer<typeof Libraries>;

/** What imports did beside reading files. */
export const Activities = z.object({
  activities: z.array(
    z.object({
      kind: z.enum(['spawn', 'connect', 'write', 'lock', 'jit', 'library']),
      module: z.string(),
      inStart: z.boolean(),
      path: z.string().optional(),
      mount: Count.optional(),
      detail: z.string().optional(),
      count: Count,
    }),
  ),
});
export type Activities = z.infer<typeof Activities>;

/** Differences between the observed ranks. */
export const Ranks = z.object({
  compared: Count,
  /** Modules that some observed ranks imported in start and others did not. */
  differences: z.array(
    z.object({ module: z.string(), on: z.array(Count), notOn: z.array(Count), totalSeconds: z.number() }),
  ),
  startSeconds: z.array(z.object({ rank: Count, node: Count, seconds: z.number(), operations: Count })),
});
export type Ranks = z.infer<typeof Ranks>;

/** The scale asked for, and which file system the model stands on. */
export const Target = z.object({
  nodes: z.int().positive(),
  ranksPerNode: z.int().positive(),
  basis: z.enum(['asked', 'allocation', 'default']),
  /** Id of a profile in knowledge/filesystems, or the name of a calibrated one. */
  profile: z.string(),
  /** The profile itself when the user gave one; it goes before the one of that name that we ship. */
  givenProfile: FilesystemProfile.optional(),
  calibrated: z.boolean(),
  /** `observed`: the model is applied to paths that are on shared storage. `as-if`: nothing was, so the environment and the user's code are taken as if they were. */
  applies: z.enum(['observed', 'as-if']),
  /** Mount ids and path prefixes that count as shared. */
  sharedMounts: z.array(Count),
  sharedPrefixes: z.array(z.string()),
});
export type Target = z.infer<typeof Target>;

export const artifacts = {
  run: Run,
  python: Python,
  storage: Storage,
  imports: Imports,
  accesses: Accesses,
  libraries: Libraries,
  activities: Activities,
  ranks: Ranks,
  target: Target,
  ...stepArtifacts,
  ...environmentArtifacts,
} as const;

export interface Artifacts extends StepArtifacts, EnvironmentArtifacts {
  run: Run;
  python: Python;
  storage: Storage;
  imports: Imports;
  accesses: Accesses;
  libraries: Libraries;
  activities: Activities;
  ranks: Ranks;
  target: Target;
}
export type ArtifactId = keyof Artifacts;
