import { median } from '../median.ts';
import type { Told } from './tell-starts.ts';

/** One comparison. Seconds until the last rank has started. */
export interface Row {
  readonly job: string;
  readonly setting: string;
  readonly nodes: number;
  readonly ranksPerNode: number;
  readonly measured: number;
  readonly told: Told;
  /** Why the measurement says nothing: then it is left out. */
  readonly untrusted?: string;
}

/** Of the likely time against the measured one. */
export const errorOf = ({ measured, told }: Row): number => told.likely / measured - 1;

export const isInside = ({ measured, told }: Row): boolean => told.low <= measured && measured <= told.high;

export interface Summary {
  readonly rows: number;
  readonly leftOut: number;
  readonly medianError: number;
  readonly inside: number;
  /** Median of high over low. */
  readonly width: number;
}

export function summarise(rows: readonly Row[]): Summary {
  const trusted = rows.filter(({ untrusted }) => untrusted === undefined);
  return {
    rows: trusted.length,
    leftOut: rows.length - trusted.length,
    medianError: median(trusted.map((row) => Math.abs(errorOf(row)))),
    inside: trusted.filter(isInside).length / trusted.length,
    width: median(trusted.map(({ told }) => told.high / told.low)),
  };
}

/** Of measured over told median, among the rows that count: 5 %, half and 95 % lie below. */
export function ratiosOf(rows: readonly Row[]): { low: number; likely: number; high: number; rows: number } {
  const ratios = rows
    .filter(({ untrusted }) => untrusted === undefined)
    .map(({ measured, told }) => measured / told.likely)
    .sort((a, b) => a - b);
  const at = (share: number) => ratios[Math.round(share * (ratios.length - 1))] ?? Number.NaN;
  return { low: at(0.05), likely: at(0.5), high: at(0.95), rows: ratios.length };
}
