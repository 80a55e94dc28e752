import { formatCount, formatSeconds } from '#base';
import type { Report } from '#schema';
import { type Box, layOutIcicle } from '../icicle.ts';
import { importTreeTable, tellCalls } from '../tables.ts';
import { visible } from '../visible.ts';
import { DataTable, type Limits, Section, Twin } from './parts.tsx';

const ROW = 23;

/** Widths of the drawing on a phone, a small window and a wide one, in CSS pixels; the classes are in style.ts. */
const SCREENS = [
  { width: 320, name: undefined },
  { width: 620, name: 'm' },
  { width: 1000, name: 'w' },
] as const;

/** Mean width of a character at 11.5 px, on the generous side. */
const CHARACTER = 6.5;

const packageOf = (module: string) => module.split('.', 1)[0] ?? module;

/** The label, and the smallest screen on which it fits whole. */
function labelOf({ node, width }: Box): { text: string; screen: string | undefined } | undefined {
  const whole = visible(node.module, 80);
  const last = whole.slice(whole.lastIndexOf('.') + 1);
  for (const text of [whole, last]) {
    const screen = SCREENS.find((each) => width * each.width - 7 >= text.length * CHARACTER);
    if (screen && text !== '') return { text, screen: screen.name };
  }
  return undefined;
}

const percent = (fraction: number) => `${Number((fraction * 100).toFixed(2))}%`;

interface DrawnProps {
  readonly report: Report;
  readonly by: 'time' | 'calls';
  readonly colours: ReadonlyMap<string, number>;
  readonly limits: Limits;
}

function Drawn({ report, by, colours, limits }: DrawnProps) {
  const { boxes, rows, folded, whole } = layOutIcicle(report, by, limits.boxes);
  if (boxes.length === 0) return null;
  const id = `icicle-${by}`;
  const tell = (box: Box) =>
    by === 'time' ? formatSeconds(box.width * whole) : `${formatCount(box.width * whole)} calls`;
  const total = by === 'time' ? formatSeconds(whole) : `${formatCount(whole)} calls`;
  const basis = by === 'time' ? 'measured' : tellCalls(report);
  return (
    <figure>
      <figcaption>
        {`By ${by}: ${total} in all (${basis}, one rank). `}
        {folded > 0 && `${formatCount(folded)} smaller imports are folded into the ones that asked for them.`}
      </figcaption>
      <svg class="icicle" width="100%" height={rows * ROW} role="img" aria-labelledby={`${id}-title ${id}-desc`}>
        <title id={`${id}-title`}>{`Imports by ${by}`}</title>
        <desc id={`${id}-desc`}>
          Each box is an import, as wide as what it and its own imports take; the row below shows what it asked for.
        </desc>
        <g fill="#dde5ea">
          {boxes.map((box) => (
            <rect
              x={percent(box.left)}
              y={(box.depth - 1) * ROW}
              width={percent(box.width)}
              height={ROW - 1}
              class={`p${colours.get(packageOf(box.node.module)) ?? 0}`}
            >
              <title>{`${visible(box.node.module, 120)}: ${tell(box)}`}</title>
            </rect>
          ))}
        </g>
        <g>
          {boxes.map((box) => {
            const label = labelOf(box);
            return label ? (
              <text x={percent(box.left)} dx="4" y={(box.depth - 1) * ROW + 15} class={label.screen}>
                {label.text}
              </text>
            ) : null;
          })}
        </g>
      </svg>
    </figure>
  );
}

const HUES = 6;

/** The packages that take most get a colour; all others share one. */
function coloursOf(report: Report): Map<string, number> {
  const weights = new Map<string, number>();
  for (const { module, selfSeconds } of report.icicle) {
    const name = packageOf(module);
    weights.set(name, (weights.get(name) ?? 0) + selfSeconds);
  }
  const heaviest = [...weights].sort(([, a], [, b]) => b - a).slice(0, HUES);
  return new Map(heaviest.map(([name], index) => [name, index + 1]));
}

export function Imports({ report, limits }: { report: Report; limits: Limits }) {
  if (report.icicle.length === 0) return null;
  const colours = coloursOf(report);
  return (
    <Section id="imports" title="Imports">
      <p class="soft">Each box is an import; below it lies what it asked for. Width is what both take together.</p>
      <ul class="key" aria-label="Colours of packages">
        {[...colours].map(([name, colour]) => (
          <li>
            <i class={`p${colour}`} />
            <bdi>{visible(name, 60)}</bdi>
          </li>
        ))}
        <li>
          <i class="p0" />
          others
        </li>
      </ul>
      <Drawn report={report} by="time" colours={colours} limits={limits} />
      <Drawn report={report} by="calls" colours={colours} limits={limits} />
      <Twin>
        <DataTable table={importTreeTable(report, limits.rows)} most={limits.rows} />
      </Twin>
    </Section>
  );
}
