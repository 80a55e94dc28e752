import * as z from 'zod';
import { Mpi4pyChoice } from './environment-report.ts';

/** One place that the loader looked at, and by which rule. */
export const LinkStep = z.object({
  rule: z.enum(['loaded', 'path', 'rpath', 'library-path', 'runpath', 'cache', 'default']),
  /** Whose RPATH or RUNPATH it is. */
  of: z.string().optional(),
  place: z.string(),
  outcome: z.enum(['found', 'absent', 'other-machine', 'damaged']),
});
export type LinkStep = z.infer<typeof LinkStep>;

/** Which copy of a library would be loaded by whom, by which rule, and which others lose. */
export const WhyReport = z.object({
  kind: z.literal('pharos-why'),
  version: z.literal(1),
  place: z.string(),
  /** As asked. */
  name: z.string(),
  program: z.string(),
  glibc: z.string(),
  /** Folders of packages, in the order of `sys.path`. */
  sites: z.array(z.string()),
  /** Those who get the same copy in the same way are told together, the most first. */
  answers: z.array(
    z.object({
      name: z.string(),
      path: z.string().optional(),
      steps: z.array(LinkStep),
      /** Who asks for it: paths of objects, and their distributions. */
      wantedBy: z.array(z.string()),
      owners: z.array(z.string()),
    }),
  ),
  /** Files of that name which nobody gets. */
  losers: z.array(z.string()),
  /** Where a module of mpi4py asks for it: the MPI that mpi4py opens before, by rules of its own. */
  mpi4py: Mpi4pyChoice.optional(),
});
export type WhyReport = z.infer<typeof WhyReport>;
