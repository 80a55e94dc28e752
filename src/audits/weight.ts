import type { Cost, Finding, Target } from '#schema';

// When a cost is worth a word. The numbers are decided in docs/decisions/0003-thresholds.md.

/** From here on a user notices, and a finding is a warning. Seconds per start at the scale asked for. */
export const NOTICEABLE_SECONDS = 10;

/** From here on nobody calls the start normal, and a finding on observed shared storage is an error. */
export const SEVERE_SECONDS = 60;

/** From here on a finding is a note; below, the audit passes. */
export const NOTEWORTHY_SECONDS = 1;

/** A part of the start, or of its file operations, that stands out whatever the scale. */
export const NOTEWORTHY_SHARE = 0.1;

/** Fewer operations per rank than this are never worth a line, however large their share of a tiny start. */
export const NOTEWORTHY_OPERATIONS = 100;

/** Less time per rank than this is never worth a line: two runs of one start differ by as much. */
export const NOTEWORTHY_LOCAL_SECONDS = 0.1;

/** A cost that is a smaller part of the start than this is no warning: something else is to be cured first. */
export const NOTICEABLE_SHARE = 0.05;

/** And smaller than this, it is no note either. */
export const NEGLIGIBLE_SHARE = 0.01;

/** What a cost deserves at the scale asked for; nothing when it is below what anyone would act on. */
export function severityOf(
  cost: Cost,
  { target, startSeconds }: { readonly target: Target; readonly startSeconds: number },
): Finding['severity'] | undefined {
  if (cost.value < NOTEWORTHY_SECONDS || cost.value < NEGLIGIBLE_SHARE * startSeconds) return undefined;
  if (cost.value < NOTICEABLE_SECONDS || cost.value < NOTICEABLE_SHARE * startSeconds) return 'note';
  // The whole interval must be severe, and the storage seen, not assumed.
  return target.applies === 'observed' && cost.low >= SEVERE_SECONDS ? 'error' : 'warning';
}

/** How sure a modelled cost makes us. */
export function confidenceOf(cost: Cost, target: Target): Finding['confidence'] {
  if (target.applies === 'as-if') return cost.low >= NOTICEABLE_SECONDS ? 'likely' : 'possible';
  return target.calibrated && cost.low >= NOTICEABLE_SECONDS ? 'certain' : 'likely';
}
