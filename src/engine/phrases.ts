import type { Interval, Seconds } from '#base';
import type { Run } from '#schema';

// How the engine says quantities in sentences. Two significant digits: no model here is better than that.

function rounded(value: number): string {
  if (value === 0) return '0';
  const digits = Math.max(0, 1 - Math.floor(Math.log10(Math.abs(value))));
  return value
    .toFixed(Math.min(digits, 3))
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** `0.42 s`, `90 s`, `4.5 min`, `2.1 h`. */
export function saySeconds(value: Seconds): string {
  if (value < 120) return `${rounded(value)} s`;
  return value < 7200 ? `${rounded(value / 60)} min` : `${rounded(value / 3600)} h`;
}

/** `12 to 40 s`; one value where both ends read the same. */
export function sayInterval({ low, high }: Interval): string {
  const [from, to] = [saySeconds(low), saySeconds(high)];
  if (from === to) return from;
  const [number, unit] = from.split(' ');
  return to.endsWith(` ${unit}`) ? `${number} to ${to}` : `${from} to ${to}`;
}

/** `1 node`, `64 nodes`, `12,000 requests`. */
export function sayCount(count: number, noun: string): string {
  return `${Math.round(count).toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`;
}

/** How the command ended, as part of a sentence. */
export function sayOutcome({ outcome }: Pick<Run, 'outcome'>): string {
  switch (outcome.kind) {
    case 'exited':
      return `exited with status ${outcome.status}`;
    case 'killed':
      return `was killed by ${outcome.signal}${outcome.timeLimit ? ' at the time limit' : ''}`;
    case 'interrupted':
      return `was interrupted by ${outcome.signal}`;
    case 'unknown':
      return `ended in a way that is not known: ${outcome.because}`;
  }
}
