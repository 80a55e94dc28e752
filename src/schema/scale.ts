import * as z from 'zod';
import { IntervalSeconds } from './report.ts';
import { Basis } from './verdict.ts';

// What `pharos scale` tells: the start of one job at several sizes, as it is and cured. Written by the engine, read by the faces.

/** What most of a start's time goes to at one size. */
export const LIMITS = [
  'own-work',
  'node-cpu',
  'round-trips',
  'node-requests',
  'metadata-server',
  'data-servers',
  'launcher',
  'transport',
  'unpacking',
] as const;
export const Limit = z.enum(LIMITS);
export type Limit = z.infer<typeof Limit>;

/** One way to start the job. */
export const ScalePlan = z.strictObject({
  /** `as-is`, the id of a remedy, `all-remedies`, or `staged-` and the id of a transport. */
  id: z.string().max(100),
  title: z.string().max(200),
  kind: z.enum(['as-is', 'remedy', 'staged']),
  /** Why it is offered, or that nothing tells whether the site has it. */
  because: z.string().max(500),
  /** Whether what was recorded shows that the site has the transport. */
  known: z.boolean(),
});
export type ScalePlan = z.infer<typeof ScalePlan>;

const ScaleStart = z.strictObject({
  plan: z.string().max(100),
  /** 5 %, median and 95 % of the worlds that the profile's ranges allow; until the last rank has started. */
  seconds: IntervalSeconds,
  limit: Limit,
  /** Seconds of the median start that go to each limit; in sum its likely time. */
  parts: z.partialRecord(Limit, z.number()),
});
export type ScaleStart = z.infer<typeof ScaleStart>;

/** The arithmetic of one size in the likely world, to be checked by hand. */
export const ScaleArithmetic = z.strictObject({
  nodes: z.int(),
  ranksPerNode: z.int(),
  /** Requests to the metadata servers by one node, by kind, with the time that one keeps a slot busy. */
  metadata: z.array(
    z.strictObject({ request: z.string(), perRank: z.number(), perNode: z.number(), microseconds: z.number() }),
  ),
  /** Requests to the data servers, and bytes moved, by one node. */
  data: z.strictObject({
    perRank: z.number(),
    perNode: z.number(),
    bytesPerNode: z.number(),
    microseconds: z.number(),
    bytesPerSecondPerSlot: z.number(),
    slots: z.number(),
  }),
  metadataSlots: z.number(),
  roundTripMicroseconds: z.number(),
  /** Requests that one rank waits for when it is alone. */
  waited: z.number(),
  ownSeconds: z.number(),
  coresPerNode: z.number(),
  inFlightPerNode: z.number(),
  /** Share of the servers that others use. */
  otherMetadataShare: z.number(),
  otherDataShare: z.number(),
  launchSeconds: z.number(),
  /** Other copies of the job that start at the same time are in here. */
  jobs: z.int(),
  /** One rank alone; the least and the most that the bounds allow; the solution. */
  alone: z.number(),
  least: z.number(),
  most: z.number(),
  likely: z.number(),
});
export type ScaleArithmetic = z.infer<typeof ScaleArithmetic>;

export const ScaleTable = z.strictObject({
  kind: z.literal('pharos-scale'),
  version: z.literal(1),
  /** Version of Pharos. */
  by: z.string(),
  job: z.strictObject({ script: z.string(), launcher: z.string(), observedSeconds: IntervalSeconds }),
  profile: z.strictObject({
    id: z.string(),
    title: z.string(),
    shared: z.boolean(),
    /** Whether it was made for this mount, or stands for a product. */
    calibrated: z.boolean(),
    /** Figures by how they are known. */
    figures: z.strictObject({ measured: z.int(), published: z.int(), assumed: z.int() }),
  }),
  applies: z.enum(['observed', 'as-if']),
  ranksPerNode: z.int(),
  coresPerNode: z.int(),
  jobs: z.int(),
  basis: Basis,
  plans: z.array(ScalePlan),
  /** `requests`: to the metadata servers by all nodes, as it is, in a start as long as the observed one. */
  points: z.array(z.strictObject({ nodes: z.int(), requests: z.number(), starts: z.array(ScaleStart) })),
  /** From which number of nodes a plan is faster than the start as it is: in the median, and in 95 of 100 worlds. Absent: at none that was tried. */
  pays: z.array(
    z.strictObject({
      plan: z.string(),
      likelyFrom: z.int().optional(),
      surelyFrom: z.int().optional(),
      tried: z.int(),
    }),
  ),
  /** Starts of one rank (a task of a farm or an array) that the servers keep up with, each second. */
  sustained: z
    .strictObject({
      startsPerSecond: z.strictObject({ low: z.number(), likely: z.number(), high: z.number() }),
      limit: Limit,
    })
    .optional(),
  /** What a staged start moves to each node. */
  image: z.strictObject({ files: z.int(), bytes: z.number(), basis: Basis }).optional(),
  /** Time limits of the launcher that a start of this length would meet. */
  timeouts: z.array(
    z.strictObject({
      launcher: z.string(),
      name: z.string(),
      seconds: z.number(),
      /** What exactly is timed: at most the whole start. */
      waits: z.string(),
      /** How to set it higher. */
      setting: z.string(),
      source: z.string(),
      /** The least of the sizes told at which the start may take so long: at its high end, and in the median. */
      mayFrom: z.int().optional(),
      likelyFrom: z.int().optional(),
    }),
  ),
  arithmetic: ScaleArithmetic.optional(),
  unknowns: z.array(z.strictObject({ what: z.string(), because: z.string(), hint: z.string().optional() })),
});
export type ScaleTable = z.infer<typeof ScaleTable>;
