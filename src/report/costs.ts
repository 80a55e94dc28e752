import { formatBytes, formatCount, formatCountOf, formatRange, formatSeconds, unreachable } from '#base';
import type { Basis, Cost, Remedy } from '#schema';

// What a finding costs and a remedy saves, and how the number came to be.

function formatAmount(unit: Cost['unit'], value: number): string {
  switch (unit) {
    case 'seconds':
      return formatSeconds(value);
    case 'requests':
      return formatCountOf(value, 'request');
    case 'bytes':
      return formatBytes(value);
    default:
      return unreachable(unit);
  }
}

const PER: Record<Cost['per'], string> = { start: 'per start', rank: 'per rank', node: 'per node' };

/** `38 s per start`. */
export const formatCost = (cost: Cost): string => `${formatAmount(cost.unit, cost.value)} ${PER[cost.per]}`;

/** How the number came to be: `modelled, 25 to 70 s`. */
export function formatBasis(basis: Basis, low: number, high: number, format: (value: number) => string): string {
  return basis === 'modelled' || low !== high ? `${basis}, ${formatRange(low, high, format)}` : basis;
}

export function formatCostBasis({ basis, low, high, unit }: Cost): string {
  return formatBasis(
    basis,
    low,
    high,
    unit === 'seconds' ? formatSeconds : unit === 'bytes' ? formatBytes : formatCount,
  );
}

export const FIXER: Record<Remedy['fixer'], string> = {
  user: 'you',
  site: 'your site',
  package: 'the package',
  python: 'Python',
};
