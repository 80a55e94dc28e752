import * as z from 'zod';
import { failure, type Result, success } from '#base';
import { MountClass } from './recording/facts.ts';

// What a file system caches on a node and how fast its servers answer: knowledge/filesystems/*.json, and what users give with --profile.

/** Where a figure comes from. `measured` by us or by the user, `published` by the source, `assumed` without one: then `source` says why. */
const Confidence = z.enum(['measured', 'published', 'assumed']);
/** Day, month or year of the source: when it was published, measured or assumed. */
const SourceDate = z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/, 'a date is YYYY, YYYY-MM or YYYY-MM-DD');
const sourced = { source: z.string().min(1).max(1000), date: SourceDate, confidence: Confidence };

/** A quantity that is known within limits: nine in ten systems that the profile stands for lie between `low` and `high`, half of them below `likely`. */
const rangeOf = (bound: z.ZodNumber) =>
  z
    .strictObject({ low: bound, likely: bound, high: bound, ...sourced })
    .refine(({ low, likely, high }) => low <= likely && likely <= high, 'low, likely and high must be in this order');
const LARGEST = 1e12;
const Duration = rangeOf(z.number().nonnegative().max(LARGEST));
/** A figure of anything else that is known within limits: transports and launchers have the same form. */
export const Figure = Duration;
export type Figure = z.infer<typeof Figure>;
const Quantity = rangeOf(z.number().positive().max(LARGEST));
const Slots = rangeOf(z.number().positive().max(1e5));
/** A server that others use to the full never answers. */
const Share = rangeOf(z.number().nonnegative().max(0.95));

const fact = <Value extends z.ZodType>(value: Value) => z.strictObject({ value, ...sourced });

/** Seconds that an answer stays good on a node, or `until-changed` when the server calls it back. 0: it is never kept. */
const Kept = z.union([z.number().nonnegative().max(LARGEST), z.literal('until-changed')]);

/** How many opens of one file reach the metadata server from one node: each one, or at most so many. */
const Reaching = z.union([z.literal('every'), z.int().nonnegative().max(1e6)]);

/** What a client node keeps, for all the ranks on it. */
export const CacheModel = z.strictObject({
  /** Found names and their attributes. */
  entries: fact(Kept),
  /** Names that were looked for and are not there. */
  missing: fact(Kept),
  opens: fact(Reaching),
  directoryOpens: fact(Reaching),
  /** An open also looks the last component up: one request instead of two for a file that was not asked for before. */
  openFindsName: fact(z.boolean()),
  /** An open asks for fresh attributes where the name was already known (close-to-open). */
  openRevalidates: fact(z.boolean()),
  /** `waited`: close is a request that the job waits for; `behind`: one that it does not. */
  closes: fact(z.enum(['waited', 'behind', 'never'])),
  /** A directory's listing is kept for the next process on the node. */
  listings: fact(z.boolean()),
  /** Requests for one listing of a directory that fits into one answer, the one that finds the end included. */
  requestsPerListing: fact(z.int().min(1).max(1000)),
  /** Targets of symbolic links are kept. */
  links: fact(z.boolean()),
  /** File contents: kept for all processes on the node (`node`), only those of mapped files (`mapped`), or dropped at each open (`open`). */
  data: fact(z.enum(['node', 'mapped', 'open'])),
  /** The size of a file is asked of the data servers the first time it is wanted. */
  sizeFromDataServers: fact(z.boolean()),
});
export type CacheModel = z.infer<typeof CacheModel>;

/** Metadata requests by what they ask. */
export const METADATA_REQUESTS = ['lookup', 'getattr', 'open', 'close', 'readdir', 'readlink', 'change'] as const;

export const ServerModel = z.strictObject({
  roundTripMicroseconds: Duration,
  /** Time that a request keeps one slot of the metadata server busy. */
  metadataServiceMicroseconds: z.record(z.enum(METADATA_REQUESTS), Duration),
  /** Requests that the metadata servers of one file system work on at the same time. */
  metadataSlots: Slots,
  /** Time that a data request keeps one data slot busy, beside moving its bytes. */
  dataServiceMicroseconds: Duration,
  dataSlots: Slots,
  dataBytesPerSecondPerSlot: Quantity,
  /** Bytes that one data request fetches. */
  dataRequestBytes: Quantity,
  /** Requests that one node has under way at most. */
  inFlightPerNode: Slots,
  /** Squared coefficient of variation of the time that one request keeps a slot busy. 0: always the same; 1: exponential. */
  serviceVariation: rangeOf(z.number().nonnegative().max(100)),
  /** What other jobs use of the servers, beyond what is in the times above: the share, and how long it stays the same. */
  otherLoad: z.strictObject({ metadataShare: Share, dataShare: Share, burstSeconds: Duration }),
});
export type ServerModel = z.infer<typeof ServerModel>;

export const FilesystemProfile = z.strictObject({
  kind: z.literal('pharos-filesystem-profile'),
  version: z.literal(2),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,63}$/, 'an id is made of lower case letters, digits and hyphens'),
  title: z.string().min(1).max(200),
  /** False when nothing that a node asks leaves the node. */
  shared: z.boolean(),
  /** Mounts that this profile stands for: by class, or by the kernel's type name. */
  mounts: z.strictObject({ classes: z.array(MountClass).max(20), types: z.array(z.string().max(100)).max(20) }),
  cache: CacheModel,
  server: ServerModel,
  /** How it was calibrated, where it was. */
  calibration: z
    .strictObject({
      date: SourceDate,
      /** Whether concurrency was tried, so that slots could be told. */
      load: z.boolean(),
      nodes: z.int().min(1).max(1e6),
      calls: z.int().nonnegative().max(1e9),
      /** Median relative error of the fitted times against the measured ones. */
      fitError: z.number().nonnegative().max(1e6),
      notes: z.array(z.string().max(500)).max(50),
    })
    .optional(),
});
export type FilesystemProfile = z.infer<typeof FilesystemProfile>;

/** Longer than any profile; a guard against a file that is something else. */
const LONGEST_TEXT = 1_000_000;

function parse(text: string): Result<unknown> {
  const wrong = (message: string) =>
    failure({
      code: 'schema/not-a-profile',
      message,
      hint: 'Write the profile as knowledge/filesystems/profile.schema.json describes it.',
    });
  if (text.length > LONGEST_TEXT) return wrong('the profile is longer than a million characters');
  try {
    return success(JSON.parse(text));
  } catch {
    return wrong('the profile is not JSON');
  }
}

/** Reads a profile that a user gives. Names the first thing that is wrong with it. */
export function readProfile(text: string): Result<FilesystemProfile> {
  const json = parse(text);
  if (!json.ok) return json;
  const parsed = FilesystemProfile.safeParse(json.value);
  if (parsed.success) return success(parsed.data);
  const [issue] = parsed.error.issues;
  const where = issue?.path.join('.') || 'the top level';
  return failure({
    code: 'schema/not-a-profile',
    message: `the profile is wrong at ${where}: ${issue?.message ?? 'it cannot be read'}`,
    hint: 'Correct the value, or start from a copy of a file in knowledge/filesystems.',
  });
}

/** The profile format as JSON Schema (draft 2020-12). */
export function profileJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(FilesystemProfile, { target: 'draft-2020-12' }),
    title: 'Pharos file system profile',
    description:
      'What a file system caches on a client node and how fast its servers answer, each figure with its source.',
  };
}
