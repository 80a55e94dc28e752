import { formatCount } from '#base';
import type { ScaleTable } from '#schema';
import { padStart, widthOf, wrap } from '../columns.ts';
import { type Place, type Scales, scalesOf, seriesOf } from '../scale-layout.ts';
import { chooseShown, nameOf } from '../scale-words.ts';

const ROWS = 14;
const AXIS = 10;

/** Signs of the medians; the band of the first is dotted. */
const SIGNS = ['o', '+', 'x'] as const;

/** What a series is at a column between two points, straight between logarithms. */
function between(series: readonly Place[], at: number): Place | undefined {
  const next = series.findIndex(({ nodes }) => nodes >= at * (1 - 1e-9));
  const [before, after] = [series[Math.max(0, next - 1)], series[next]];
  if (!before || !after) return undefined;
  const share = before === after ? 0 : Math.log(at / before.nodes) / Math.log(after.nodes / before.nodes);
  const mix = (key: 'low' | 'likely' | 'high') => before[key] * (after[key] / before[key]) ** share;
  return { nodes: at, low: mix('low'), likely: mix('likely'), high: mix('high') };
}

/** The curve in characters, both axes logarithmic; nothing where a single size was asked for. */
export function plotLines(table: ScaleTable, width: number): string[] {
  const plans = chooseShown(table);
  const drawn = plans.map((plan) => seriesOf(table, plan));
  const [first = []] = drawn;
  // What does not grow is no curve.
  if (first.length < 2 || !table.profile.shared) return [];
  const columns = Math.max(20, width - AXIS - 4);
  const scales = scalesOf(drawn.flat(), { left: 0, right: columns - 1, bottom: ROWS - 1, top: 0 });
  const grid = drawGrid(drawn, scales.y, columns);
  const names = plans.map(nameOf);
  return [...frame(grid, scales.ticks, scales.y), ...nodesAxis(first, scales.x, columns), ...legend(names, width)];
}

type Put = (row: number, column: number, sign: string) => void;

function drawGrid(drawn: readonly (readonly Place[])[], y: Scales['y'], columns: number): string[][] {
  const grid = Array.from({ length: ROWS }, () => new Array<string>(columns).fill(' '));
  const put: Put = (row, column, sign) => {
    const line = grid[Math.min(ROWS - 1, Math.max(0, Math.round(row)))];
    if (line) line[column] = sign;
  };
  const [first = []] = drawn;
  const least = first[0]?.nodes ?? 1;
  const most = first.at(-1)?.nodes ?? 1;
  const sizes = Array.from({ length: columns }, (_, column) => least * (most / least) ** (column / (columns - 1)));
  drawBand(first, sizes, y, put);
  for (const [index, series] of drawn.entries()) {
    for (const [column, at] of sizes.entries()) {
      const place = between(series, at);
      if (place) put(y(place.likely), column, SIGNS[index] ?? '*');
    }
  }
  return grid;
}

function drawBand(series: readonly Place[], sizes: readonly number[], y: Scales['y'], put: Put): void {
  for (const [column, at] of sizes.entries()) {
    const band = between(series, at);
    if (!band) continue;
    for (let row = Math.round(y(band.high)); row <= y(band.low); row += 1) put(row, column, '.');
  }
}

function frame(
  grid: readonly (readonly string[])[],
  ticks: readonly { readonly seconds: number; readonly label: string }[],
  y: (seconds: number) => number,
): string[] {
  const labels = new Map(ticks.map(({ seconds, label }) => [Math.round(y(seconds)), label]));
  return grid.map((row, index) => `  ${padStart(labels.get(index) ?? '', AXIS)} |${row.join('').trimEnd()}`);
}

function nodesAxis(series: readonly Place[], x: (nodes: number) => number, columns: number): string[] {
  let line = '';
  for (const { nodes } of series) {
    const label = formatCount(nodes);
    const start = Math.min(columns - widthOf(label), Math.max(0, Math.round(x(nodes) - widthOf(label) / 2)));
    // A label without room is left out.
    if (line === '' || start > line.length) line = line.padEnd(start) + label;
  }
  return [`  ${' '.repeat(AXIS)} +${'-'.repeat(columns)}`, `  ${padStart('nodes', AXIS)}  ${line}`];
}

function legend(names: readonly string[], width: number): string[] {
  const indent = ' '.repeat(AXIS + 4);
  return names.flatMap((name, index) =>
    wrap(`${name}${index === 0 ? '; dotted: 5 to 95 %' : ''}`, width, `${indent}${SIGNS[index]} `, `${indent}  `),
  );
}
