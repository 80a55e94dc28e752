import * as z from 'zod';
import { failure, type Result, success } from '#base';
import { MountClass } from './recording/mount-class.ts';
import { MpiFamily } from './recording/step-facts.ts';

/** Names of modules; one that a shell or a module system would take for something else is none. */
const Modules = z
  .array(z.string())
  .default([])
  .transform((names) => names.filter((name) => /^\w[\w.+/@:~-]{0,200}$/.test(name)));

/** An MPI installation. */
const MpiNeeds = z.object({
  family: MpiFamily,
  version: z.string().optional(),
  /** The real file of the library. */
  library: z.string(),
  soname: z.string().optional(),
  /** Names of the libraries that it needs; tells how it was built. */
  needed: z.array(z.string()).optional(),
  prefix: z.string().optional(),
  /** Its compiler wrapper for C, by path. */
  compiler: z.string().optional(),
  /** Its launcher, by path. */
  launcher: z.string().optional(),
  /** Modules that have to be loaded for it. */
  modules: Modules,
  /** Names by which the loader finds it where nothing is set. */
  foundAs: z.array(z.string()).default([]),
});
export type MpiNeeds = z.infer<typeof MpiNeeds>;

/** A library with its headers, that a build can be made against. */
const LibraryNeeds = z.object({
  /** As Spack calls it: `hdf5`, `netcdf-c`, `petsc`. */
  name: z.string(),
  version: z.string().optional(),
  prefix: z.string(),
  /** Of the MPI that it was built with; `none`: without MPI; absent: not known. */
  mpi: z.enum([...MpiFamily.options, 'none']).optional(),
  modules: Modules,
});
export type LibraryNeeds = z.infer<typeof LibraryNeeds>;

/** What a plan reads of a partition. */
export const partitionNeeds = {
  /** As `uname -m` has it. */
  machine: z.string().optional(),
  glibc: z.string().optional(),
  mpis: z.array(MpiNeeds).default([]),
  /** What `srun --mpi=list` names; absent where there is no Slurm. */
  pmi: z.array(z.string()).optional(),
  /** What srun takes where nothing is said. */
  pmiDefault: z.string().optional(),
  gpu: z.object({ kind: z.enum(['nvidia', 'amd', 'none']), driver: z.string().optional() }).optional(),
  libraries: z.array(LibraryNeeds).default([]),
  /** Names of modules, as `module avail` has them. */
  modules: Modules,
  hasSpack: z.boolean().default(false),
  hasConda: z.boolean().default(false),
};

const Facts = z.object({
  ...partitionNeeds,
  /** Names of archspec: code for `target`, or for `level`, which has no maker, runs on all nodes that were seen. */
  processor: z.object({ target: z.string().optional(), level: z.string().optional() }).default({}),
  /** Mounted on all nodes that were seen. */
  mounts: z.array(z.object({ point: z.string(), class: MountClass })).default([]),
});

const PartitionNeeds = Facts.extend({ name: z.string(), isLogin: z.boolean() });
/** What of a partition decides where packages come from: facts that were seen there. */
export type PartitionNeeds = z.infer<typeof PartitionNeeds>;

const Site = z.object({
  kind: z.literal('pharos-site'),
  version: z.literal(1),
  name: z.string(),
  partitions: z.record(z.string(), Facts),
  /** Of a login machine: never stands in for a partition where there is one. */
  login: Facts.optional(),
});

/** What of a site decides where packages come from. */
export const SiteNeeds = z.object({ name: z.string(), partitions: z.array(PartitionNeeds).readonly() });
export type SiteNeeds = z.infer<typeof SiteNeeds>;

const wrong = (message: string): Result<never> =>
  failure({ code: 'schema/site', message, hint: 'See docs/guides/plan.md for what a site file holds.' });

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What of a site file a plan needs; the rest of it is passed over. */
export function readSiteNeeds(text: string): Result<SiteNeeds> {
  const value = jsonOf(text);
  const head = z.looseObject({ kind: z.literal('pharos-site'), version: z.unknown() }).safeParse(value);
  if (!head.success) return wrong('it is not a site file of Pharos');
  if (head.data.version !== 1) {
    return wrong(
      `it is a site file of version ${JSON.stringify(head.data.version)?.slice(0, 40)}, and version 1 is known`,
    );
  }
  const site = Site.safeParse(value);
  if (!site.success) {
    const [issue] = site.error.issues;
    return wrong(`it is not as a site file has to be: ${issue?.path.join('.')}: ${issue?.message}`);
  }
  const { name, partitions, login } = site.data;
  const ofJobs = Object.entries(partitions).map(([partition, one]) => ({ ...one, name: partition, isLogin: false }));
  return success({ name, partitions: [...ofJobs, ...(login ? [{ ...login, name: 'login', isLogin: true }] : [])] });
}
