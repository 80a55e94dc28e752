// Numbers as a reader says them: the same number reads the same in every sentence and table, in every locale. Three
// significant digits: more would claim what no start can promise.

const significant = (value: number, digits = 3) => {
  const rounded = Number(value.toPrecision(digits));
  return Math.abs(rounded) >= 1e15
    ? rounded.toExponential(2)
    : rounded.toLocaleString('en-US', { maximumFractionDigits: 12 });
};

/** Three significant digits, no unit. */
export const formatNumber = (value: number): string => significant(value);

const withRest = (value: number, unit: string, rest: number, lesser: string) =>
  rest === 0 ? `${value} ${unit}` : `${value} ${unit} ${String(rest).padStart(2, '0')} ${lesser}`;

/** `0.4 ms`, `412 ms`, `12.3 s`, `8 min 12 s`, `3 h 20 min`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 0) return `-${formatSeconds(-seconds)}`;
  if (seconds === 0) return '0 s';
  if (seconds < 0.000_001) return 'under 1 us';
  if (seconds < 0.000_999_5) return `${significant(seconds * 1e6)} us`;
  if (seconds < 0.999_5) return `${significant(seconds * 1e3)} ms`;
  if (seconds < 119.5) return `${significant(seconds)} s`;
  const whole = Math.round(seconds);
  if (whole < 7200) return withRest(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 100 * 60) return withRest(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  return `${significant(seconds / 3600)} h`;
}

/** `1,498`, `12.3 million`. */
export function formatCount(count: number): string {
  const size = Math.abs(count);
  if (size >= 1e15) return significant(count);
  if (size >= 1e10) return `${significant(count / 1e9)} billion`;
  if (size >= 1e7) return `${significant(count / 1e6)} million`;
  return Math.round(count).toLocaleString('en-US');
}

/** `1 node`, `64 nodes`. */
export function formatCountOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${Math.round(count) === 1 ? one : many}`;
}

/** `7 %` of a share of 0.07. */
export const formatPercent = (share: number): string => `${Math.round(share * 100)} %`;

/** Decimal units: `117 MB`. */
export function formatBytes(bytes: number): string {
  const size = Math.abs(bytes);
  if (size >= 1e12) return `${significant(bytes / 1e12)} TB`;
  if (size >= 1e9) return `${significant(bytes / 1e9)} GB`;
  if (size >= 1e6) return `${significant(bytes / 1e6)} MB`;
  if (size >= 1e3) return `${significant(bytes / 1e3)} kB`;
  return `${Math.round(bytes)} B`;
}

/** `25.1 to 70.2 s`, unit said once when both ends share it. */
export function formatRange(low: number, high: number, format: (value: number) => string): string {
  const from = format(low);
  const to = format(high);
  if (from === to) return from;
  // `25 s` and `70.2 s` share a unit; `5 min 10 s` shares none.
  const unit = /^\S+( [A-Za-z]+)$/.exec(to)?.[1];
  return unit && from.endsWith(unit) && /^\S+ \S+$/.test(from)
    ? `${from.slice(0, -unit.length)} to ${to}`
    : `${from} to ${to}`;
}
