import { type Audit, audits } from '#audits';

/** The audits that are asked, in report order. */
export function examine(): readonly Audit[] {
  return audits;
}
