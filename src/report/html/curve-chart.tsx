import { scaleLog } from 'd3-scale';
import { area, line } from 'd3-shape';
import { formatCount } from '#base';
import type { Report, ScaleCurve } from '#schema';
import { curedBy } from '../ranking.ts';
import { curveTable } from '../tables.ts';
import { DataTable, type Limits, Section, Twin } from './parts.tsx';

const HEIGHT = 340;
const TOP = 26;
const BOTTOM = 304;
/** Per cent of the width: labels of the time axis stand left of the first point. */
const LEFT = 7;
const RIGHT = 97;

/** Round in the units people use. */
const ROUND: readonly (readonly [seconds: number, label: string])[] = [
  [1e-3, '1 ms'],
  [1e-2, '10 ms'],
  [0.1, '100 ms'],
  [1, '1 s'],
  [10, '10 s'],
  [60, '1 min'],
  [600, '10 min'],
  [3600, '1 h'],
  [36_000, '10 h'],
  [360_000, '100 h'],
];

const BETWEEN: typeof ROUND = [
  [2e-3, '2 ms'],
  [5e-3, '5 ms'],
  [0.02, '20 ms'],
  [0.05, '50 ms'],
  [0.2, '200 ms'],
  [0.5, '500 ms'],
  [2, '2 s'],
  [5, '5 s'],
  [30, '30 s'],
  [180, '3 min'],
  [1800, '30 min'],
  [10_800, '3 h'],
];

/** Few lines say little of a short axis. */
const ENOUGH = 4;

function ticksOf([least, most]: readonly [number, number]): typeof ROUND {
  const within = (list: typeof ROUND) => list.filter(([time]) => time >= least && time <= most);
  return within(ROUND).length >= ENOUGH ? within(ROUND) : within([...ROUND, ...BETWEEN]);
}

/** Points that the label at the end of a curve may cover. */
const LABEL_SPANS = 4;

type Point = ScaleCurve['points'][number];
interface Place {
  readonly x: number;
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

/** A logarithm has no zero: what is less than a microsecond is drawn as one. */
const positive = (seconds: number) => Math.min(1e9, Math.max(1e-6, seconds));

const drawable = ({ points }: ScaleCurve) =>
  points
    .filter(({ nodes }) => nodes >= 1)
    .toSorted((a, b) => a.nodes - b.nodes)
    .slice(0, 60);

function scalesOf(points: readonly Point[]) {
  const seconds = points.flatMap(({ before, after }) =>
    [before, ...(after ? [after] : [])].flatMap(({ low, likely, high }) => [low, likely, high].map(positive)),
  );
  const least = Math.min(...seconds);
  const most = Math.max(...seconds);
  const nodes = points.map((point) => point.nodes);
  const last = Math.max(...nodes);
  const first = Math.min(...nodes);
  return {
    // One point alone still needs a width.
    x: scaleLog([first, last > first ? last : first * 2], [LEFT, RIGHT]),
    y: scaleLog([least * 0.8, most * 1.25], [BOTTOM, TOP]),
    domain: [least * 0.8, most * 1.25] as const,
  };
}

type Scales = ReturnType<typeof scalesOf>;
const round = (value: number) => Number(value.toFixed(2));

/** Both curves in one stretched drawing: x in per cent, y in pixels. */
function Curves({ series, name }: { series: readonly Place[]; name: 'before' | 'after' }) {
  const band = area<Place>(
    (place) => place.x,
    (place) => place.low,
    (place) => place.high,
  ).digits(2);
  const middle = line<Place>(
    (place) => place.x,
    (place) => place.likely,
  ).digits(2);
  const colour = name === 'before' ? '#b4480f' : '#0b5a8a';
  return (
    <>
      <path class={`band ${name}`} d={band(series) ?? ''} fill={colour} fill-opacity=".18" />
      <path class={name} d={middle(series) ?? ''} fill="none" stroke={colour} stroke-width="2" />
    </>
  );
}

function seriesOf(points: readonly Point[], { x, y }: Scales, of: (point: Point) => Point['after']): Place[] {
  return points.flatMap((point) => {
    const interval = of(point);
    if (!interval) return [];
    const { low, likely, high } = interval;
    return [{ x: x(point.nodes), low: y(positive(low)), likely: y(positive(likely)), high: y(positive(high)) }];
  });
}

function Grid({ points, scales }: { points: readonly Point[]; scales: Scales }) {
  return (
    <>
      {ticksOf(scales.domain).map(([time, label]) => (
        <>
          <line class="grid" x1="0" x2="100%" y1={round(scales.y(time))} y2={round(scales.y(time))} stroke="#ddd" />
          <text class="tick" x="0" y={round(scales.y(time)) - 5}>
            {label}
          </text>
        </>
      ))}
      {points.map(({ nodes }, index) => (
        <text
          class={`tick${(points.length - 1 - index) % Math.ceil(points.length / 6) === 0 ? '' : ' m'}`}
          x={`${round(scales.x(nodes))}%`}
          y={BOTTOM + 18}
          // The last one may not leave the drawing.
          dx={index === points.length - 1 ? 8 : 0}
          text-anchor={index === points.length - 1 ? 'end' : 'middle'}
        >
          {formatCount(nodes)}
        </text>
      ))}
      <text class="tick" x="100%" y={HEIGHT - 2} text-anchor="end">
        nodes
      </text>
    </>
  );
}

function Asked({ report, scales }: { report: Report; scales: Scales }) {
  const nodes = report.target?.nodes;
  const [first = 1, last = 1] = scales.x.domain();
  if (nodes === undefined || nodes < first || nodes > last) return null;
  const x = round(scales.x(nodes));
  return (
    <>
      <line class="asked" x1={`${x}%`} x2={`${x}%`} y1={TOP - 8} y2={BOTTOM} stroke="#777" stroke-dasharray="2 3" />
      <text class="tick" x={`${x}%`} y={TOP - 13} text-anchor={x > 80 ? 'end' : 'middle'}>
        {`${formatCount(nodes)} nodes, asked for`}
      </text>
    </>
  );
}

function Ends({ series, name, label }: { series: readonly Place[]; name: 'before' | 'after'; label: string }) {
  const last = series.at(-1);
  if (!last) return null;
  // Above the one band, below the other; the lower label stands under the part of its curve that it spans.
  const lowest = Math.max(...series.slice(-LABEL_SPANS).map(({ low }) => low));
  const y = name === 'before' ? Math.max(TOP + 4, last.high - 6) : Math.min(BOTTOM - 4, lowest + 14);
  return (
    <>
      {series.map(({ x, likely }) => (
        <circle class={name} cx={`${round(x)}%`} cy={round(likely)} r="3.2" />
      ))}
      <text class={name} x={`${RIGHT}%`} y={round(y)} text-anchor="end">
        {label}
      </text>
    </>
  );
}

function Chart({ report, points }: { report: Report; points: readonly Point[] }) {
  const scales = scalesOf(points);
  const before = seriesOf(points, scales, (point) => point.before);
  const after = seriesOf(points, scales, (point) => point.after);
  return (
    <svg class="curve" width="100%" height={HEIGHT} role="img" aria-labelledby="curve-title curve-desc">
      <title id="curve-title">Seconds to start against number of nodes, both logarithmic</title>
      <desc id="curve-desc">
        A line for the job as it is{after.length > 0 ? ' and a dashed one with the remedies' : ''}, each in the band of
        its interval. The table below holds the same numbers.
      </desc>
      <Grid points={points} scales={scales} />
      <svg
        aria-hidden="true"
        x="0"
        y="0"
        width="100%"
        height={HEIGHT}
        viewBox={`0 0 100 ${HEIGHT}`}
        preserveAspectRatio="none"
      >
        <Curves series={before} name="before" />
        {after.length > 0 && <Curves series={after} name="after" />}
      </svg>
      <Asked report={report} scales={scales} />
      <Ends series={before} name="before" label="as it is" />
      <Ends series={after} name="after" label="with the remedies" />
    </svg>
  );
}

export function Curve({ report, limits }: { report: Report; limits: Limits }) {
  const { curve } = report;
  const points = curve ? drawable(curve) : [];
  if (!curve || points.length === 0) return null;
  const cures = curedBy(report);
  return (
    <Section id="curve" title="As the job grows">
      <figure>
        <figcaption>
          {`Time until the last rank has started, ${formatCount(curve.ranksPerNode)} ranks per node (${curve.basis}; the bands reach from the 5th to the 95th of 100 systems that the profile stands for). `}
          {cures.length > 0 && (
            <>
              {'Dashed, with the remedies: '}
              <bdi>{cures.slice(0, 20).join('; ')}</bdi>.
            </>
          )}
        </figcaption>
        <Chart report={report} points={points} />
      </figure>
      <Twin>
        <DataTable table={curveTable(report, limits.rows)} most={limits.rows} />
      </Twin>
    </Section>
  );
}
