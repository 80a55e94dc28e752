import * as z from 'zod';
import {
  FabricsFact,
  HostFact,
  HostMountFact,
  ModuleSystemFact,
  MpiToolFact,
  SiteBlasFact,
  SlurmFact,
  SlurmPartitionFact,
  SpackPackagesFact,
  StacksFact,
  UserFoldersFact,
} from './recording/host-facts.ts';
import { partitionNeeds } from './site-needs.ts';

const word = z.string().max(4096);

/** What a machine offers, or all nodes of a partition that were looked at: what was seen on each of them. */
export const Machine = z.object({
  ...partitionNeeds,
  /** Names of the nodes that were looked at. */
  nodes: z.array(word),
  /** The batch system in whose job it was made; absent on a login node. */
  scheduler: HostFact.shape.scheduler,
  system: word.optional(),
  kernel: word.optional(),
  processor: z.object({
    model: word.optional(),
    /** As archspec calls it: code for it runs on all nodes that were looked at. */
    target: word.optional(),
    /** The highest level without a maker that it has: `x86_64_v3`. */
    level: word.optional(),
    cpus: z.int().positive().optional(),
  }),
  memoryBytes: z.int().nonnegative().optional(),
  gpus: z.array(word),
  nics: z.array(word),
  drivers: z.record(word, word),
  mpiTools: z.array(MpiToolFact),
  blas: z.array(SiteBlasFact),
  fabrics: FabricsFact.optional(),
  moduleSystem: ModuleSystemFact.optional(),
  spack: z.object({ root: word, packages: SpackPackagesFact.shape.packages }).optional(),
  stacks: StacksFact,
  slurm: SlurmFact.optional(),
  slurmPartitions: z.array(SlurmPartitionFact),
  mounts: z.array(HostMountFact),
  folders: UserFoldersFact.shape.folders,
  /** What could not be told, and why; and what is not there. */
  notTold: z.array(z.object({ what: word, because: word, isAbsent: z.boolean() })),
});
export type Machine = z.infer<typeof Machine>;

/** One file of facts about a site. `readSiteNeeds` reads what a plan needs of it. */
export const Site = z.object({
  kind: z.literal('pharos-site'),
  version: z.literal(1),
  name: word,
  partitions: z.record(word, Machine),
  login: Machine.optional(),
  /** Where partitions and the login machine differ in what matters, in sentences. */
  notes: z.array(word),
});
export type Site = z.infer<typeof Site>;
