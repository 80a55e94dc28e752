import { errorOf, isInside, type Row, ratiosOf, type Summary } from './rows.ts';

/** What a part must reach: of the trusted rows. */
export interface Bounds {
  readonly medianError: number;
  readonly inside?: number;
  readonly width?: number;
}

const percent = (share: number) => `${(100 * share).toFixed(0)} %`;
const signed = (share: number) => `${share < 0 ? '−' : '+'}${Math.abs(100 * share).toFixed(0)} %`;
const seconds = (value: number) => value.toFixed(2);

const HEADER = [
  '| Server | Imports | Nodes × ranks | Measured s | Low | Median | High | Error | Inside |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
];

function line(row: Row): string {
  const { setting, job, nodes, ranksPerNode, measured, told, untrusted } = row;
  const verdict = untrusted === undefined ? (isInside(row) ? 'yes' : '**no**') : `left out: ${untrusted}`;
  const told3 = [told.low, told.likely, told.high].map(seconds);
  const cells = [
    setting,
    `\`${job}\``,
    `${nodes} × ${ranksPerNode}`,
    seconds(measured),
    ...told3,
    signed(errorOf(row)),
  ];
  return `| ${[...cells, verdict].join(' | ')} |`;
}

export const tableOf = (rows: readonly Row[]): string => [...HEADER, ...rows.map(line)].join('\n');

/** One line for each figure that has a bound. */
export function verdictOf(summary: Summary, bounds: Bounds): string {
  const asked = [
    {
      what: 'Median absolute error',
      value: summary.medianError,
      bound: bounds.medianError,
      least: false,
      say: percent,
    },
    { what: 'Measured inside the interval', value: summary.inside, bound: bounds.inside, least: true, say: percent },
    {
      ...{ what: 'High over low, median', value: summary.width, bound: bounds.width, least: false },
      say: (value: number) => value.toFixed(2),
    },
  ];
  const lines = asked.map(({ what, value, bound, least, say }) => {
    if (bound === undefined) return `| ${what} | ${say(value)} | | |`;
    const isMet = least ? value >= bound : value <= bound;
    return `| ${what} | ${say(value)} | ${least ? '≥' : '≤'} ${say(bound)} | ${isMet ? 'met' : '**not met**'} |`;
  });
  const head = ['| Of the rows that count | Reached | Bound | |', '| --- | --- | --- | --- |'];
  const rows = `${summary.rows} rows count, ${summary.leftOut} are left out.`;
  return [rows, '', ...head, ...lines].join('\n');
}

/** The model's own error, of some jobs and of the others: it is taken from the first and tried on the second. */
export function ratioTable(rows: readonly Row[], fitted: readonly string[]): string {
  const isFitted = ({ job }: Row) => fitted.includes(job);
  const lines = [
    { of: fitted.map((job) => `\`${job}\``).join(' and '), some: rows.filter(isFitted) },
    { of: 'the others', some: rows.filter((row) => !isFitted(row)) },
  ].map(({ of, some }) => {
    const { low, likely, high, rows: count } = ratiosOf(some);
    return `| ${[of, count, ...[low, likely, high].map(seconds)].join(' | ')} |`;
  });
  const head = ['| Imports | Rows | 5 % | Half | 95 % |', '| --- | --- | --- | --- | --- |'];
  return ['measured over told median:', '', ...head, ...lines].join('\n');
}
