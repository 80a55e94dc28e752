import * as z from 'zod';

// What `pharos verify` found: one run as it is beside one from the image.

const Count = z.int().nonnegative();

/** In the order in which they are told. */
export const CHECKS = [
  'image',
  'stage',
  'originals',
  'interpreter',
  'modules',
  'distributions',
  'libraries',
  'exit',
  'output',
  'staged-calls',
  'left-calls',
  'other-calls',
] as const;
export const CheckId = z.enum(CHECKS);
export type CheckId = z.infer<typeof CheckId>;

/** Details beyond these are counted and not listed. */
export const MOST_DETAILS = 20;

export const Check = z.object({
  id: CheckId,
  /** `left-out`: it was not asked for, or what it needs did not come about. */
  outcome: z.enum(['same', 'differs', 'left-out']),
  /** One line. */
  says: z.string(),
  /** What differs, each in one line. */
  details: z.array(z.string()).max(MOST_DETAILS),
  /** How many more there are. */
  more: Count,
});
export type Check = z.infer<typeof Check>;

/** Calls that name a path on shared storage, and what they came to. */
export const CallsOnPath = z.object({
  path: z.string(),
  /** `staged`: in a folder that the image stands for. `left`: a library that was left out of it for its cost. `other`: elsewhere on shared storage, during a start. */
  where: z.enum(['staged', 'left', 'other']),
  /** By operation, as a recording names them. */
  operations: z.record(z.string(), Count),
  /** How many of the processes made some of them. */
  processes: Count,
});
export type CallsOnPath = z.infer<typeof CallsOnPath>;

/** A rank, or a Python that is none; with the processes that it started. */
export const VerifiedProcess = z.object({
  rank: Count.optional(),
  pythons: Count,
  /** Calls in folders that the image stands for, from the exec to the end. */
  staged: Count,
  /** Calls on libraries that were left out of the image for their cost. */
  left: Count,
  /** Calls elsewhere on shared storage until the end of start: of the one of its Pythons that made most. */
  other: Count,
});
export type VerifiedProcess = z.infer<typeof VerifiedProcess>;

export const Verification = z.object({
  kind: z.literal('pharos-verification'),
  version: z.literal(1),
  made: z.object({ pharos: z.string() }),
  image: z.object({ path: z.string(), digest: z.string() }),
  command: z.array(z.string()),
  /** Where the run from the image had its stage. */
  stage: z.string().optional(),
  green: z.boolean(),
  checks: z.array(Check),
  /** Of the run from the image. */
  processes: z.array(VerifiedProcess),
  /** The same calls of the run as it is, all processes together. */
  before: z.object({ staged: Count, other: Count }).optional(),
  calls: z.array(CallsOnPath),
  /** Paths beyond those in `calls`. */
  moreCalls: Count,
});
export type Verification = z.infer<typeof Verification>;
