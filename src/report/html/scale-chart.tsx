import { area, line } from 'd3-shape';
import { formatCount, formatCountOf } from '#base';
import type { ScaleTable } from '#schema';
import { type Place, type Scales, scalesOf, seriesOf } from '../scale-layout.ts';
import { chooseShown, nameOf, scriptOf, tellSetting } from '../scale-words.ts';

const WIDTH = 760;
const PLOT = { left: 74, right: 738, bottom: 330, top: 20 };
const LEGEND = PLOT.bottom + 58;
const LEGEND_LINE = 22;

/** Told apart by dashes, marks and lightness, not by colour alone. */
const KINDS = ['s0', 's1', 's2'] as const;
type Kind = (typeof KINDS)[number];

// No quotation marks and no angle brackets: it stands in a drawing as text.
export const SCALE_STYLE = [
  '.scale text{font:13px system-ui,sans-serif;fill:var(--ink,#1c2126);stroke:none}',
  '.scale .tick{fill:var(--soft,#59626c)}',
  '.scale .grid{stroke:var(--line,#e3dfd6);stroke-width:1}',
  '.scale .middle{fill:none;stroke-width:2.2;stroke-linejoin:round}',
  '.scale .band{stroke-opacity:.5;stroke-width:1;fill-opacity:.16}',
  '.scale .s0{stroke:var(--before,#b4480f)}.scale .s1{stroke:var(--after,#0b5a8a);stroke-dasharray:8 4}',
  '.scale .s2{stroke:var(--good,#1c6549);stroke-dasharray:2 4}',
  '.scale .band.s0{fill:var(--before,#b4480f)}.scale .band.s1{fill:var(--after,#0b5a8a)}.scale .band.s2{fill:var(--good,#1c6549)}',
  '.scale .mark{stroke-width:2;stroke-dasharray:none;fill:var(--paper,#fbfaf7)}.scale .mark.s0{fill:var(--before,#b4480f)}',
  '.scale .paper{fill:var(--paper,#fbfaf7)}',
  // Too wide for a telephone: it scrolls in a box of its own.
  '.wide{overflow-x:auto}.wide svg{min-width:36rem}',
].join('');

/** What a page around it would say: its colours by night. */
const ALONE = `@media(prefers-color-scheme:dark){svg{--paper:#11161b;--ink:#e7e9eb;--soft:#a4adb7;--line:#2d3741;--good:#82d3b0;--before:#f0a068;--after:#86c5ef}}`;

const round = (value: number) => Number(value.toFixed(2));

function Mark({ kind, x, y }: { kind: Kind; x: number; y: number }) {
  const [a, b] = [round(x), round(y)];
  if (kind === 's0') return <circle class="mark s0" cx={a} cy={b} r="3.4" />;
  if (kind === 's1') return <rect class="mark s1" x={round(a - 3.2)} y={round(b - 3.2)} width="6.4" height="6.4" />;
  return (
    <path
      class="mark s2"
      d={`M${a} ${round(b - 4.4)}L${round(a + 4.2)} ${round(b + 3.4)}L${round(a - 4.2)} ${round(b + 3.4)}Z`}
    />
  );
}

function Curve({ series, kind, scales }: { series: readonly Place[]; kind: Kind; scales: Scales }) {
  const x = ({ nodes }: Place) => scales.x(nodes);
  const band = area<Place>(
    x,
    ({ low }) => scales.y(low),
    ({ high }) => scales.y(high),
  ).digits(2);
  const middle = line<Place>(x, ({ likely }) => scales.y(likely)).digits(2);
  return (
    <>
      <path class={`band ${kind}`} d={band([...series]) ?? ''} />
      <path class={`middle ${kind}`} d={middle([...series]) ?? ''} />
      {series.map((place) => (
        <Mark kind={kind} x={x(place)} y={scales.y(place.likely)} />
      ))}
    </>
  );
}

/** Least room between two labels below each other's axis. */
const LABEL_ROOM = 12;
const LETTER = 7.6;

/** Labels that do not run into each other; the last one, which is asked for most, always stays. */
function labelledNodes(series: readonly Place[], scales: Scales): readonly number[] {
  const halfOf = (nodes: number) => (formatCount(nodes).length * LETTER) / 2;
  const kept: number[] = [];
  for (const { nodes } of series.toReversed()) {
    const next = kept.at(-1);
    const room = next === undefined ? Number.POSITIVE_INFINITY : scales.x(next) - halfOf(next) - LABEL_ROOM;
    if (scales.x(nodes) + halfOf(nodes) <= room) kept.push(nodes);
  }
  return kept.reverse();
}

function Axes({ series, scales }: { series: readonly Place[]; scales: Scales }) {
  return (
    <>
      {scales.ticks.map(({ seconds, label }) => (
        <>
          <line
            class="grid"
            x1={PLOT.left}
            x2={PLOT.right}
            y1={round(scales.y(seconds))}
            y2={round(scales.y(seconds))}
          />
          <text class="tick" x={PLOT.left - 8} y={round(scales.y(seconds) + 4)} text-anchor="end">
            {label}
          </text>
        </>
      ))}
      {labelledNodes(series, scales).map((nodes) => (
        <text class="tick" x={round(scales.x(nodes))} y={PLOT.bottom + 18} text-anchor="middle">
          {formatCount(nodes)}
        </text>
      ))}
      <text class="tick" x={PLOT.right} y={PLOT.bottom + 36} text-anchor="end">
        nodes
      </text>
    </>
  );
}

function Legend({ kind, name, line: place }: { kind: Kind; name: string; line: number }) {
  const y = LEGEND + place * LEGEND_LINE;
  return (
    <>
      <line class={`middle ${kind}`} x1={PLOT.left} x2={PLOT.left + 40} y1={y - 4} y2={y - 4} />
      <Mark kind={kind} x={PLOT.left + 20} y={y - 4} />
      <text x={PLOT.left + 50} y={y}>
        {name}
      </text>
    </>
  );
}

/** The curve, both axes logarithmic; nothing where no start was told. */
export function ScaleChart({ table, alone = false }: { table: ScaleTable; alone?: boolean }) {
  const drawn = chooseShown(table).flatMap((plan, index) => {
    const series = seriesOf(table, plan);
    return series.length > 0 ? [{ series, name: nameOf(plan), kind: KINDS[index] ?? 's2' }] : [];
  });
  const [first] = drawn;
  const height = LEGEND + drawn.length * LEGEND_LINE;
  const scales = scalesOf(
    drawn.flatMap(({ series }) => series),
    PLOT,
  );
  return (
    <svg
      class="scale"
      {...(alone ? { xmlns: 'http://www.w3.org/2000/svg', width: WIDTH, height } : { width: '100%' })}
      viewBox={`0 0 ${WIDTH} ${height}`}
      role="img"
      aria-labelledby="scale-title scale-desc"
    >
      <title id="scale-title">{`Seconds until the last rank of ${scriptOf(table)} has started, by number of nodes`}</title>
      <desc id="scale-desc">
        {`Modelled, ${tellSetting(table)}. Both axes are logarithmic. ${formatCountOf(drawn.length, 'line')}: ${drawn
          .map(({ name }) => name)
          .join('; ')}; the band of each holds nine in ten of the possible worlds.`}
      </desc>
      {alone && <style>{SCALE_STYLE + ALONE}</style>}
      {alone && <rect class="paper" x="0" y="0" width={WIDTH} height={height} />}
      {first && <Axes series={first.series} scales={scales} />}
      {drawn.map(({ series, kind }) => (
        <Curve series={series} kind={kind} scales={scales} />
      ))}
      {drawn.map(({ name, kind }, index) => (
        <Legend name={name} kind={kind} line={index} />
      ))}
    </svg>
  );
}
