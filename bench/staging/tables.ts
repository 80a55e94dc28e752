import { type Bound, isMet } from './bounds.ts';
import type { Measured } from './measure.ts';

type Cell = string | number;

/** In columns; the first to the left, numbers to the right. */
export function table(titles: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [titles, ...rows].map((row) => row.map(String));
  const widths = titles.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const pad = (text: string, column: number) =>
    column === 0 ? text.padEnd(widths[column] ?? 0) : text.padStart(widths[column] ?? 0);
  return lines.map((line) => line.map(pad).join('  ')).join('\n');
}

/** Of the seconds of a cold start that the cores of one machine take for all nodes, more than this is not the server. */
const MOST_CORES = 1 / 3;

const marked = ({ nodes, coldSeconds, coresSeconds }: Measured) =>
  `${coldSeconds.toFixed(2)}${nodes > 1 && coresSeconds > MOST_CORES * coldSeconds ? '*' : ' '}`;

const TITLES = ['Start', 'Nodes', 'Cold s ', 'Delays off s', 'Again s', 'Metadata requests', 'MB'];

export const measuredTable = (rows: readonly Measured[]): string =>
  table(
    TITLES,
    rows.map((row) => [
      row.peer,
      row.nodes,
      marked(row),
      row.coresSeconds.toFixed(2),
      row.warmSeconds.toFixed(2),
      row.metadataPerNode.toFixed(row.metadataPerNode % 1 === 0 ? 0 : 2),
      (row.bytesPerNode / 1e6).toFixed(1),
    ]),
  );

export const boundsTable = (bounds: readonly Bound[]): string =>
  table(
    ['Bound', 'Limit', 'Found', ''],
    bounds.map((bound) => [
      bound.what,
      bound.limit.toFixed(2),
      bound.found.toFixed(2),
      isMet(bound) ? 'met' : 'NOT MET',
    ]),
  );
