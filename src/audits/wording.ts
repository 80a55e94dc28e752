import type { Cost, Target } from '#schema';

// Numbers and conditions in findings. No locale: a report reads the same everywhere.

export function countText(count: number): string {
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 module`, `3 modules`. */
export function countOf(count: number, one: string, many = `${one}s`): string {
  return `${countText(count)} ${Math.round(count) === 1 ? one : many}`;
}

/** Two significant digits: more would claim more than was measured. */
export function secondsText(seconds: number): string {
  if (seconds < 0.0995) return `${round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${round(seconds)} s`;
  return `${countText(Number(seconds.toPrecision(2)))} s`;
}

export function bytesText(bytes: number): string {
  if (bytes < 1e3) return countOf(bytes, 'byte');
  const units = ['kB', 'MB', 'GB', 'TB'];
  const power = Math.min(Math.floor(Math.log10(bytes) / 3), units.length);
  return `${round(bytes / 1000 ** power)} ${units[power - 1]}`;
}

export function percentText(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `64 nodes × 128 ranks`. */
export function scaleText({ nodes, ranksPerNode }: Target): string {
  return `${countOf(nodes, 'node')} × ${countOf(ranksPerNode, 'rank')}`;
}

/** `6.2 s per start on 64 nodes × 8 ranks`. */
export function costAtScale(cost: Cost, target: Target): string {
  const seconds = cost.value < 0.0005 ? 'less than 1 ms' : secondsText(cost.value);
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

function round(value: number): string {
  const digits = Number(value.toPrecision(2));
  return digits >= 100 ? countText(digits) : String(digits);
}
