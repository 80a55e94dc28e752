import * as z from 'zod';
import { Environment, Linkage } from './environment.ts';
import { ImportTrial } from './import-trial.ts';
import { Report } from './report.ts';

const count = z.int().nonnegative();

/** Which MPI an installed mpi4py would use; `because`: why its import would fail. */
export const Mpi4pyChoice = z.object({
  version: z.string(),
  library: z.string().optional(),
  module: z.string().optional(),
  /** The rule that found it, in mpi4py's order. */
  via: z.string().optional(),
  because: z.string().optional(),
});
export type Mpi4pyChoice = z.infer<typeof Mpi4pyChoice>;

/** What is in an environment, in few lines, and what was found wrong with it. */
export const EnvironmentReport = z.object({
  kind: z.literal('pharos-environment-report'),
  version: z.literal(1),
  tool: z.object({ name: z.literal('pharos'), version: z.string() }),
  headline: z.array(z.string()),
  categories: Report.shape.categories,
  /** Distributions with libraries or extension modules. */
  native: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      extensions: count,
      libraries: count,
      bytes: count,
      /** The greatest version of glibc that one of its files needs. */
      glibc: z.string().optional(),
      platforms: z.array(z.string()),
      installer: z.string().optional(),
    }),
  ),
  /** Libraries of which there are several copies, by their names without the digest that wheels give them. */
  copies: z.array(z.object({ name: z.string(), paths: z.array(z.string()), owners: z.array(z.string()) })),
  /** What it needs and has not: who needs it, and what the loader of this machine takes for it. */
  outside: z.array(
    z.object({ name: z.string(), neededBy: z.array(z.string()), path: z.string().optional(), isKnown: z.boolean() }),
  ),
  /** Which MPI the installed mpi4py would use on this machine. */
  mpi4py: Mpi4pyChoice.optional(),
  /** Where modules were named to be imported. */
  trial: ImportTrial.optional(),
  unknowns: Report.shape.unknowns,
  environment: Environment,
  linkage: Linkage.optional(),
});
export type EnvironmentReport = z.infer<typeof EnvironmentReport>;
