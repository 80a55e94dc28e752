import * as z from 'zod';
import { MountClass } from './mount-class.ts';
import { MpiFamily } from './step-facts.ts';

// What the collector's `host` notes of a machine: one recording a machine, login node or node of a partition. Paths are
// text: of what a site offers to everybody. docs/concepts/recording.md tells them in prose.

const count = z.int().nonnegative();
const word = z.string().max(4096);
const words = (most: number) => z.array(word).max(most);

/** One per file: marks a recording as that of a machine. */
export const HostFact = z.object({
  nodeName: word,
  /** The batch system in whose job it was made; absent outside of one. */
  scheduler: z.enum(['slurm', 'pbs', 'lsf', 'flux', 'sge']).optional(),
  partition: word.optional(),
  /** As os-release calls the system. */
  system: word.optional(),
});

/** The kernel's own words of the first processor. */
export const ProcessorFact = z.object({
  machine: word,
  vendor: word.optional(),
  features: words(1000).optional(),
  implementer: word.optional(),
  part: word.optional(),
  cpu: word.optional(),
  uarch: word.optional(),
  model: word.optional(),
});

export const HostMountFact = z.object({ point: word, type: word, class: MountClass });

/** What was asked for, and what came of it. */
export const ProbeFact = z.object({
  name: word,
  outcome: z.enum(['answered', 'absent', 'failed', 'late']),
  because: word.optional(),
  seconds: z.number().nonnegative(),
});

export const UserFoldersFact = z.object({
  folders: z.array(z.object({ variable: word, path: word, isThere: z.boolean() })).max(64),
});

export const ModuleSystemFact = z.object({
  kind: z.enum(['lmod', 'environment-modules']),
  version: word.optional(),
  loaded: words(1000),
  /** Why modules that a hierarchy hides are not known. */
  unread: word.optional(),
});

/** Several of them where there are many. */
export const AvailableModulesFact = z.object({ names: words(2000) });

export const SpackFact = z.object({ root: word, tree: word.optional() });

export const SpackPackagesFact = z.object({
  packages: z.array(z.object({ name: word, version: word, prefix: word, external: z.boolean().optional() })).max(500),
});

export const InstalledMpiFact = z.object({
  /** The real file. */
  library: word,
  family: MpiFamily,
  soname: word.optional(),
  /** Libraries that it asks for, by SONAME. */
  needed: words(256),
  version: word.optional(),
  prefix: word,
  /** Its wrapper of the C compiler, by what the wrapper links. */
  compiler: word.optional(),
  launcher: word.optional(),
  /** Names by which the loader finds it where nothing is set. */
  foundAs: words(64),
  modules: words(8),
  /** How it was found: `ld.so.cache`, `LD_LIBRARY_PATH`, `PATH`, `module`, `Spack`, the name of a variable. */
  via: word,
});

/** A compiler wrapper or a launcher of MPI, in the order of PATH. */
export const MpiToolFact = z.object({
  tool: z.enum(['compiler', 'launcher']),
  path: word,
  /** Of a launcher. */
  family: MpiFamily.optional(),
  version: word.optional(),
  /** Of a compiler: the library that it links, and whether the header is there. */
  library: word.optional(),
  hasHeader: z.boolean().optional(),
});

/** A library with headers: as Spack calls it. */
export const SiteLibraryFact = z.object({
  name: word,
  version: word.optional(),
  prefix: word,
  library: word,
  /** Family of the MPI that it was built with, or `none`; absent where that could not be told. */
  mpi: z.enum([...MpiFamily.options, 'none']).optional(),
  modules: words(8),
});

export const SiteBlasFact = z.object({ name: word, path: word });

export const SlurmFact = z.object({
  version: word.optional(),
  cluster: word.optional(),
  /** What `srun --mpi=list` names. */
  mpiTypes: words(64).optional(),
  mpiDefault: word.optional(),
  taskPlugin: word.optional(),
});

/** A row of sinfo: nodes of one kind in a partition. */
export const SlurmPartitionFact = z.object({
  name: word,
  isDefault: z.boolean(),
  available: z.boolean(),
  nodes: count.optional(),
  cpus: count.optional(),
  memoryMegabytes: count.optional(),
  features: word.optional(),
  gres: word.optional(),
  limit: word.optional(),
});

const Versioned = z.object({ name: word, version: word.optional() });

export const FabricsFact = z.object({
  libfabric: z.object({ version: word.optional(), providers: z.array(Versioned).max(64) }).optional(),
  ucx: z.object({ version: word.optional(), transports: words(64) }).optional(),
});

export const StacksFact = z.object({
  conda: word.optional(),
  easybuild: words(500).optional(),
  eessiVersion: word.optional(),
  eessiTarget: word.optional(),
  crayPe: word.optional(),
});

export const hostFacts = {
  host: HostFact,
  processor: ProcessorFact,
  hostMount: HostMountFact,
  probe: ProbeFact,
  userFolders: UserFoldersFact,
  moduleSystem: ModuleSystemFact,
  availableModules: AvailableModulesFact,
  spack: SpackFact,
  spackPackages: SpackPackagesFact,
  installedMpi: InstalledMpiFact,
  mpiTool: MpiToolFact,
  siteLibrary: SiteLibraryFact,
  siteBlas: SiteBlasFact,
  slurm: SlurmFact,
  slurmPartition: SlurmPartitionFact,
  fabrics: FabricsFact,
  stacks: StacksFact,
} as const;
