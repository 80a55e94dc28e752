import * as z from 'zod';

const pair = z.object({ name: z.string(), value: z.string() });

/** Where one package comes from, and why. */
export const PackageDecision = z.object({
  /** Normalised. */
  name: z.string(),
  /** Of the release that was resolved. */
  version: z.string().optional(),
  /** Whether it was asked for, or another package needs it. */
  isAsked: z.boolean(),
  from: z.enum(['wheel', 'setting', 'rebuild', 'module', 'spack', 'conda', 'leave-out', 'impossible']),
  because: z.string(),
  /** Environment variables of the job. */
  settings: z.array(pair),
  /** Names that a folder before all others gives to libraries of the site. */
  links: z.array(z.object({ name: z.string(), target: z.string() })),
  build: z
    .object({
      /** Environment variables of the build, and what its backend is told. */
      variables: z.array(pair),
      settings: z.array(pair),
    })
    .optional(),
  /** Environment variables of uv where it resolves and installs. */
  install: z.array(pair),
  /** The requirement that should stand in its place. */
  instead: z.string().optional(),
  /** What to type where it comes from elsewhere: a module's name, a specification of Spack or conda. */
  ask: z.string().optional(),
  check: z.string().optional(),
  source: z.string().optional(),
});
export type PackageDecision = z.infer<typeof PackageDecision>;

/** Which package comes from where at a site. */
export const PackagePlan = z.object({
  kind: z.literal('pharos-package-plan'),
  version: z.literal(1),
  tool: z.object({ name: z.literal('pharos'), version: z.string() }),
  site: z.string(),
  /** For which partitions it holds. */
  partitions: z.array(z.string()),
  machine: z.string().optional(),
  /** The oldest of all partitions. */
  glibc: z.string().optional(),
  mpi: z
    .object({
      title: z.string(),
      version: z.string().optional(),
      library: z.string(),
      compiler: z.string().optional(),
      /** Whether the loader finds it where nothing is set. */
      isFound: z.boolean(),
    })
    .optional(),
  /** How to start a job so that its ranks find each other. */
  start: z.object({ command: z.string(), because: z.string(), isKnown: z.boolean() }).optional(),
  gpu: z.object({ kind: z.enum(['nvidia', 'amd', 'none']), driver: z.string().optional() }).optional(),
  /** To be loaded for the MPI, and for libraries that builds use. */
  modules: z.array(z.string()),
  /** What builds were made against, in words: a build under another key is another build. */
  siteKey: z.string(),
  /** What Spack may take as it is: seen with its version and its prefix. */
  externals: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      variants: z.string(),
      prefix: z.string(),
      modules: z.array(z.string()),
    }),
  ),
  decisions: z.array(PackageDecision),
  /** What could not be told, or was chosen among several. */
  notes: z.array(z.string()),
});
export type PackagePlan = z.infer<typeof PackagePlan>;
