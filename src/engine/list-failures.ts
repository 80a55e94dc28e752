import type { Failure } from '#base';
import type { Report } from '#schema';

/** What could not be made, each with its reason, for the part of the report that says what is not known. */
export function listFailures(failures: Iterable<readonly [what: string, failure: Failure]>): Report['unknowns'] {
  return [...failures].map(([what, { message, hint }]) => ({ what, because: message, ...(hint ? { hint } : {}) }));
}
