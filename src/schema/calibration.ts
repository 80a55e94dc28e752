import * as z from 'zod';
import { failure, type Result, success } from '#base';
import { MountClass } from './recording/facts.ts';

// What `pharos-collect.pyz calibrate` measured on one mount: times of calls, not yet a profile. One file for each node.

/** Calls that are timed. Each is made on files of a folder that the collector makes and removes. */
export const TIMED_CALLS = [
  ...['miss', 'stat', 'open', 'close', 'read', 'read-large', 'list', 'readlink'],
  ...['create', 'write', 'mkdir', 'symlink', 'rename', 'unlink', 'rmdir'],
] as const;

/** The times of one call, in the order they were taken. */
const Series = z.strictObject({
  call: z.enum(TIMED_CALLS),
  /** 1: the first touch of each name or file from this node; 2 and more: the same ones again. */
  touch: z.int().min(1).max(100),
  /** Between this touch and the one before; absent where it came at once. */
  afterSeconds: z.number().nonnegative().max(1e4).optional(),
  /** Of files that another node made: cold for this one whatever the file system keeps. */
  foreign: z.boolean().optional(),
  microseconds: z.array(z.number().nonnegative().max(1e10)).max(5000),
  /** Calls that ended otherwise than they should. */
  failed: z.int().nonnegative().max(1e6),
  /** Bytes of each call, where it moves any. */
  bytes: z.int().nonnegative().max(1e10).optional(),
});

/** A stretch in which a constant number of processes made the same calls. */
const Phase = z.strictObject({
  /** Processes on this node, and nodes, that made calls at the same time. */
  processes: z.int().min(1).max(4096),
  nodes: z.int().min(1).max(4096),
  /** At most so many calls a second of each process; absent under load. */
  throttle: z.number().positive().max(1e6).optional(),
  seconds: z.number().nonnegative().max(1e5),
  /** Share of the node's processors that were busy meanwhile, whoever used them: where all were, the node and not a server may have been the limit. */
  busy: z.number().nonnegative().max(1).optional(),
  series: z.array(Series).max(200),
});
export type CalibrationPhase = z.infer<typeof Phase>;

/** What the client had counted of an operation before we came, since the mount was made. */
const Counter = z.strictObject({
  operation: z.string().max(100),
  count: z.number().nonnegative().max(1e15),
  /** Mean time from sending to the answer, and from the call to its end. */
  roundTripMicroseconds: z.number().nonnegative().max(1e12).optional(),
  totalMicroseconds: z.number().nonnegative().max(1e12).optional(),
  /** Sum of squares of the time, where the client keeps it (Lustre): microseconds². */
  squares: z.number().nonnegative().max(1e30).optional(),
});

export const Calibration = z.strictObject({
  kind: z.literal('pharos-calibration'),
  version: z.literal(1),
  by: z.string().max(100),
  /** ISO date, in days. */
  date: z.string().max(40),
  mount: z.strictObject({
    type: z.string().max(100),
    class: MountClass,
    /** Options that say what the client keeps: actimeo and the like; no server names. */
    options: z.array(z.string().max(200)).max(100),
  }),
  /** Processors that the collector may use. */
  processors: z.int().min(1).max(1e5).optional(),
  /** Of a call that the kernel answers from memory: what measuring itself takes. */
  overheadMicroseconds: z.number().nonnegative().max(1e9),
  phases: z.array(Phase).max(200),
  counters: z
    .strictObject({ from: z.enum(['mountstats', 'lustre']), operations: z.array(Counter).max(200) })
    .optional(),
  /** What was left out, and why. */
  notes: z.array(z.string().max(500)).max(50),
});
export type Calibration = z.infer<typeof Calibration>;

const LONGEST_TEXT = 20_000_000;

/** Reads the file of one node. */
export function readCalibration(text: string): Result<Calibration> {
  const wrong = (message: string) =>
    failure({
      code: 'schema/not-a-calibration',
      message,
      hint: 'Give files that pharos-collect.pyz calibrate has written.',
    });
  if (text.length > LONGEST_TEXT) return wrong('the calibration is longer than 20 million characters');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return wrong('the calibration is not JSON');
  }
  const parsed = Calibration.safeParse(json);
  if (parsed.success) return success(parsed.data);
  const [issue] = parsed.error.issues;
  return wrong(`the calibration is wrong at ${issue?.path.join('.') || 'the top level'}: ${issue?.message}`);
}
