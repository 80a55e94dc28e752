import * as z from 'zod';
import { Accesses, Cause, Target } from './artifacts.ts';
import { StepSection } from './step.ts';
import { Basis, Cost, Verdict } from './verdict.ts';

/** Newest version of the report format. docs/concepts/report.md and CHANGELOG.md tell what each version changed. */
export const REPORT_VERSION = 2;

/** 5 %, median and 95 % of what the ranges of the profile allow. */
export const IntervalSeconds = z.object({ low: z.number(), likely: z.number(), high: z.number() });

/** What a remedy would do for this job. */
export const Remedy = z.object({
  id: z.string(),
  title: z.string(),
  cures: z.array(z.object({ audit: z.string(), subject: z.string() })),
  /** Why the precondition holds, in terms of what was observed. */
  proved: z.string(),
  saves: Cost,
  /** Commands that can be pasted, in order. */
  steps: z.array(z.string()),
  undo: z.string(),
  check: z.string(),
  fixer: z.enum(['user', 'site', 'package', 'python']),
});
export type Remedy = z.infer<typeof Remedy>;

/** One import in the icicle; `parent` is an index into the list. */
export const IcicleNode = z.object({
  module: z.string(),
  parent: z.int().optional(),
  selfSeconds: z.number(),
  totalSeconds: z.number(),
  selfCalls: z.int(),
  totalCalls: z.int(),
  /** Smaller imports folded into this one. */
  folded: z.int().optional(),
});
export type IcicleNode = z.infer<typeof IcicleNode>;

export const ScaleCurve = z.object({
  ranksPerNode: z.int(),
  points: z.array(
    z.object({ nodes: z.int(), before: IntervalSeconds, after: IntervalSeconds.optional(), requests: z.number() }),
  ),
  /** Names of the remedies that `after` stands for. */
  with: z.array(z.string()),
  basis: Basis,
});
export type ScaleCurve = z.infer<typeof ScaleCurve>;

export const Report = z.object({
  kind: z.literal('pharos-report'),
  version: z.literal(REPORT_VERSION),
  tool: z.object({ name: z.literal('pharos'), version: z.string() }),
  job: z.object({
    script: z.string(),
    form: z.string(),
    started: z.string(),
    outcome: z.string(),
    python: z.string(),
    observedRanks: z.int(),
    truncated: z.boolean(),
  }),
  target: Target.optional(),
  /** Of a job step that the doctor looked at; what tells of a start is empty then. */
  step: StepSection.optional(),
  /** What stands behind the numbers of calls and requests. */
  operations: Accesses.pick({ coverage: true, source: true, because: true }).optional(),
  headline: z.object({
    /** Two to four sentences: what the start costs here, at scale, why, what to do. */
    sentences: z.array(z.string()),
    measuredSeconds: z.number().optional(),
    atScale: IntervalSeconds.optional(),
    requestsPerNode: z.number().optional(),
  }),
  phases: z.array(z.object({ name: z.string(), seconds: z.number(), basis: Basis })),
  categories: z.array(
    z.object({
      id: z.string(),
      title: z.string(),
      passed: z.int(),
      failed: z.int(),
      unknown: z.int(),
      inapplicable: z.int(),
      verdicts: z.array(
        z.object({
          audit: z.string(),
          question: z.string(),
          verdict: Verdict,
          /** Findings that the user allowed, with the reason given. */
          allowed: z.string().optional(),
        }),
      ),
    }),
  ),
  remedies: z.array(Remedy),
  icicle: z.array(IcicleNode),
  causes: z.array(
    z.object({
      cause: Cause,
      calls: z.int(),
      failed: z.int(),
      bytes: z.number(),
      /** Requests that reach the server for one node, by the file system's profile. */
      requests: z.number().optional(),
    }),
  ),
  packages: z.array(
    z.object({
      name: z.string(),
      version: z.string().optional(),
      modules: z.int(),
      selfSeconds: z.number(),
      calls: z.int(),
    }),
  ),
  curve: ScaleCurve.optional(),
  ranks: z.object({
    rows: z.array(z.object({ rank: z.int(), node: z.int(), seconds: z.number(), calls: z.int() })),
    differences: z.array(
      z.object({ module: z.string(), on: z.array(z.int()), notOn: z.array(z.int()), totalSeconds: z.number() }),
    ),
  }),
  unknowns: z.array(z.object({ what: z.string(), because: z.string(), hint: z.string().optional() })),
  /** Kinds of things that were left out of the recording, and how many. */
  removed: z.record(z.string(), z.int()),
  /** What two reports must share to be comparable. */
  environment: z.object({
    interpreter: z.string(),
    machine: z.string(),
    pathEntries: z.array(z.string()),
    mounts: z.array(z.object({ point: z.string(), class: z.string() })),
    distributions: z.array(z.object({ name: z.string(), version: z.string() })),
    variables: z.record(z.string(), z.string()),
  }),
});
export type Report = z.infer<typeof Report>;
