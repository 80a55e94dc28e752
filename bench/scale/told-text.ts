import type { Row } from './prediction.ts';

// How a told time is written in the tables.

export const seconds = (value: number) => (value < 10 ? value.toFixed(1) : value.toFixed(0));
export const nodesText = (value: number) => (Number.isFinite(value) ? `${value}` : 'none');

export const isInside = ({ seconds: measured, low, high }: Row) => measured >= low && measured <= high;

export function toldText(row: Row | undefined): string[] {
  if (!row) return [];
  const told = `${seconds(row.likely)} (${seconds(row.low)} to ${seconds(row.high)})`;
  const verdict = isInside(row) ? 'yes' : '**no**';
  return [told, (row.high / row.low).toFixed(1), row.fitted ? 'fitted' : verdict];
}

export function markdownTable(titles: readonly string[], lines: readonly (readonly (string | number)[])[]): string {
  return [titles, titles.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
