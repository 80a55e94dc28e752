import { type Check, type CheckId, MOST_DETAILS } from '#schema';

/** `differences`: a line for each thing that is not the same; none is what was hoped for. */
export function check(id: CheckId, says: string, differences: readonly string[] = []): Check {
  return {
    id,
    outcome: differences.length === 0 ? 'same' : 'differs',
    says,
    details: differences.slice(0, MOST_DETAILS),
    more: Math.max(0, differences.length - MOST_DETAILS),
  };
}

export const leftOut = (id: CheckId, because: string): Check => ({
  id,
  outcome: 'left-out',
  says: because,
  details: [],
  more: 0,
});
