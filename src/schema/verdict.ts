import * as z from 'zod';

/** How a number came to be: counted or timed here, computed by a model with an interval, or reasoned from other facts. */
export const Basis = z.enum(['measured', 'modelled', 'inferred']);
export type Basis = z.infer<typeof Basis>;

/** `low <= value <= high`. Seconds are per start of the whole job at the scale asked for, unless `per` says otherwise. */
export const Cost = z.object({
  value: z.number(),
  low: z.number(),
  high: z.number(),
  unit: z.enum(['seconds', 'requests', 'bytes']),
  per: z.enum(['start', 'rank', 'node']),
  basis: Basis,
});
export type Cost = z.infer<typeof Cost>;

/** What can be shown for a finding. Closed: a new kind fails to compile in every renderer. Lists are cut by the audit, `total` tells how many there were. */
export const Evidence = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('paths'),
    title: z.string(),
    /** `count`: of calls, where calls are what is told. */
    rows: z.array(z.object({ path: z.string(), count: z.int().optional(), note: z.string().optional() })),
    total: z.int(),
  }),
  z.object({
    kind: z.literal('modules'),
    title: z.string(),
    rows: z.array(
      z.object({
        module: z.string(),
        selfSeconds: z.number(),
        totalSeconds: z.number(),
        requests: z.number().optional(),
        /** From `__main__` down to the module that asked. */
        pulledInBy: z.array(z.string()),
      }),
    ),
    total: z.int(),
  }),
  z.object({
    kind: z.literal('search-path'),
    name: z.string(),
    entries: z.array(z.object({ path: z.string(), from: z.string(), lookups: z.int(), hits: z.int() })),
  }),
  z.object({
    kind: z.literal('libraries'),
    rows: z.array(z.object({ path: z.string(), bytes: z.number(), note: z.string().optional() })),
    total: z.int(),
  }),
  z.object({ kind: z.literal('facts'), rows: z.array(z.object({ name: z.string(), value: z.string() })) }),
]);
export type Evidence = z.infer<typeof Evidence>;

export const Finding = z.object({
  /** One sentence that names a path, an import or a library: lower case, no final period. */
  message: z.string(),
  severity: z.enum(['error', 'warning', 'note']),
  confidence: z.enum(['certain', 'likely', 'possible']),
  harm: z.enum(['crash', 'hang', 'wrong-data', 'cost']),
  cost: Cost.optional(),
  fixer: z.enum(['user', 'site', 'package', 'python']),
  /** What to do, as one imperative sentence with the command to paste; absent where a remedy says it. */
  fix: z.string().optional(),
  /** A command or observation that shows it is cured. */
  check: z.string(),
  /** What makes this finding the same one in another report: a module, a path, a library. */
  subject: z.string(),
  evidence: z.array(Evidence),
});
export type Finding = z.infer<typeof Finding>;

/** An audit's answer. Audits are open-ended; answers are not. */
export const Verdict = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('pass'), notes: z.array(z.string()).optional() }),
  z.object({ kind: z.literal('fail'), findings: z.tuple([Finding], Finding) }),
  z.object({ kind: z.literal('inapplicable'), because: z.string() }),
  z.object({ kind: z.literal('unknown'), because: z.string() }),
]);
export type Verdict = z.infer<typeof Verdict>;
