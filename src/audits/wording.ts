import { formatCountOf, formatSeconds } from '#base';
import type { Cost, Target } from '#schema';

// Costs and conditions in findings.

/** `64 nodes × 128 ranks`. */
export function scaleText({ nodes, ranksPerNode }: Target): string {
  return `${formatCountOf(nodes, 'node')} × ${formatCountOf(ranksPerNode, 'rank')}`;
}

/** `6.2 s per start on 64 nodes × 8 ranks`. */
export function costAtScale(cost: Cost, target: Target): string {
  const seconds = cost.value < 0.0005 ? 'less than 1 ms' : formatSeconds(cost.value);
  return `${seconds} per start on ${scaleText(target)}`;
}

/** The same, with the condition where the storage was not seen: for sentences that do not begin with it. */
export function costText(cost: Cost, target: Target): string {
  const condition = target.applies === 'as-if' ? ' if the environment were on shared storage' : '';
  return costAtScale(cost, target) + condition;
}

/** Opens a sentence whose truth hangs on storage that was not seen but assumed. */
export function condition(target: Target, place = 'the environment'): string {
  return target.applies === 'as-if' ? `if ${place} were on shared storage, ` : '';
}
