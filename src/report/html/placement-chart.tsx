import { cpuSetOf, formatCount, formatCpuList } from '#base';
import { tellCpus } from '../cpus.ts';
import {
  type Core,
  type Domain,
  type Layout,
  layOutPicture,
  type Owner,
  ownerOfCore,
  type Picture,
  tellLayout,
} from '../picture.ts';

const CELL = { height: 22, gap: 3 };
/** Widest drawing that a page has room for, in CSS pixels. */
const WIDEST = 1000;
const COLUMN_GAP = 28;
const TITLE = 20;
const BELOW = 14;
const LINE_LENGTHS = [32, 16, 8];

/** Mean width of a character at 11.5 px, on the generous side. */
const CHARACTER = 6.5;

/** A digit of 11.5 px, and room around the number. */
const cellWidth = (digits: number) => Math.max(24, 8 + 7 * digits);

interface Block {
  readonly domain: Domain;
  readonly cores: readonly Core[];
  readonly x: number;
  readonly y: number;
}

interface Drawing {
  readonly blocks: readonly Block[];
  readonly cell: number;
  readonly perLine: number;
  readonly width: number;
  readonly height: number;
  /** Cores that found no room. */
  readonly more: number;
}

const threadsOf = ({ divided, cores }: Domain) =>
  divided ? cores.reduce((most, { cpus }) => Math.max(most, cpus.length), 1) : 1;

const lineHeight = (domain: Domain) => threadsOf(domain) * CELL.height + CELL.gap;

const blockHeight = (domain: Domain, cores: number, perLine: number) =>
  TITLE + Math.ceil(cores / perLine) * lineHeight(domain) + BELOW;

/** Packages stand beside each other where there is room: the first half of the domains left, the other half right. */
function arrange(layout: Layout, most: number): Drawing {
  const owners = layout.domains.flatMap(({ cores }) => cores.flatMap((core) => core.owners));
  const digits = owners.reduce<number>((widest, owner) => Math.max(widest, labelOf(owner).length), 1);
  const cell = cellWidth(digits);
  const largest = layout.domains.reduce((size, { cores }) => Math.max(size, cores.length), 1);
  const fitting = LINE_LENGTHS.filter((length) => length * cell <= WIDEST);
  const perLine = Math.min(largest, fitting.find((length) => length <= Math.max(16, largest)) ?? 8);
  const title = layout.domains.reduce((most, { name, cores }) => Math.max(most, titleOf(name, cores).length), 0);
  const width = Math.max(perLine * cell, title * CHARACTER);
  const columns = layout.domains.length > 1 && 2 * width + COLUMN_GAP <= WIDEST ? 2 : 1;
  const inColumn = Math.ceil(layout.domains.length / columns);
  const blocks: Block[] = [];
  let left = most;
  let height = 0;
  for (let column = 0; column < columns; column += 1) {
    let y = 0;
    for (const domain of layout.domains.slice(column * inColumn, (column + 1) * inColumn)) {
      const cores = domain.cores.slice(0, left);
      if (cores.length === 0) break;
      left -= cores.length;
      blocks.push({ domain, cores, x: column * (width + COLUMN_GAP), y });
      y += blockHeight(domain, cores.length, perLine);
      height = Math.max(height, y);
    }
  }
  const shown = blocks.reduce((sum, { cores }) => sum + cores.length, 0);
  const wide = blocks.reduce((right, { x }) => Math.max(right, x + width), 0);
  return { blocks, cell, perLine, width: Math.ceil(Math.max(wide, 200)), height, more: layout.cores.all - shown };
}

const labelOf = (owner: Owner) => (typeof owner === 'number' ? String(owner) : owner === 'several' ? '*' : '');

const HUES = 6;
const classOf = (owner: Owner) => (typeof owner === 'number' ? `p${1 + (owner % HUES)}` : owner);

const sayOwner = (owner: Owner) =>
  typeof owner === 'number' ? `local rank ${owner}` : owner === 'several' ? 'several ranks' : 'no rank';

interface BoxProps {
  readonly owner: Owner;
  readonly cpus: readonly number[];
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Shared boxes are hatched, idle ones dashed, others numbered: nothing is told by colour alone. */
function Box({ owner, cpus, x, y, width }: BoxProps) {
  const { height } = CELL;
  const hatch = [0.25, 0.5, 0.75].map((part) => `M${x + width * part - 5} ${y + height}l10 ${-height}`).join('');
  return (
    <>
      <rect x={x} y={y} width={width} height={height} class={classOf(owner)}>
        <title>{`CPU ${cpus.join(', ')}: ${sayOwner(owner)}`}</title>
      </rect>
      {owner === 'several' && <path d={hatch} class="hatch" />}
      {owner !== 'none' && (
        <text x={x + width / 2} y={y + height / 2 + 4} text-anchor="middle">
          {labelOf(owner)}
        </text>
      )}
    </>
  );
}

function Cores({ block: { domain, cores, x, y }, drawing }: { block: Block; drawing: Drawing }) {
  const { cell, perLine } = drawing;
  const threads = threadsOf(domain);
  const width = cell - CELL.gap;
  return (
    <>
      {cores.flatMap(({ cpus, owners }, index) => {
        const left = x + (index % perLine) * cell;
        const top = y + TITLE + Math.floor(index / perLine) * lineHeight(domain);
        const drawn =
          threads === 1
            ? [{ owner: ownerOfCore({ cpus, owners }), of: cpus }]
            : owners.map((owner, place) => ({ owner, of: cpus.slice(place, place + 1) }));
        return drawn.map(({ owner, of }, place) => (
          <Box owner={owner} cpus={of} x={left} y={top + place * CELL.height} width={width} />
        ));
      })}
    </>
  );
}

const sayCpus = (cores: readonly Core[]) => tellCpus(cores.flatMap(({ cpus }) => cpus[0] ?? []));

const titleOf = (name: string, cores: readonly Core[]) => `${name} · CPU ${sayCpus(cores)}`;

/** What a look at the box tells: `package 0 NUMA 1: local ranks 4-7`. */
function describe({ name, cores }: Domain): string {
  const owners = cores.flatMap((core) => core.owners);
  const ranks = owners.filter((owner): owner is number => typeof owner === 'number');
  const parts = [
    ...(ranks.length > 0 ? [`local ranks ${formatCpuList(cpuSetOf(ranks).slice(0, 6))}`] : []),
    ...(owners.includes('several') ? ['several ranks share some'] : []),
    ...(owners.includes('none') ? ['some are idle'] : []),
  ];
  return `${name}: ${parts.join(', ')}`;
}

const MOST_DESCRIBED = 16;

const Key = ({ layout }: { layout: Layout }) => {
  const owners = new Set(layout.domains.flatMap(({ cores }) => cores.flatMap((core) => core.owners)));
  return (
    <ul class="key" aria-label="Signs">
      <li>a number: only this local rank may run there</li>
      {owners.has('several') && <li>* and hatched: several ranks may</li>}
      {owners.has('none') && <li>empty and dashed: none may</li>}
      {layout.domains.some(({ divided }) => divided) && <li>boxes on top of each other: hardware threads of a core</li>}
    </ul>
  );
};

/** The cores of a node and whose they are. */
export function PlacementChart({ picture, place, most }: { picture: Picture; place: number; most: number }) {
  const layout = layOutPicture(picture);
  if (layout.cores.all === 0) return <p>The cores of these nodes are not known.</p>;
  const drawing = arrange(layout, most);
  const id = `placement-${place}`;
  return (
    <figure>
      <figcaption>{`${tellLayout(layout)}.`}</figcaption>
      <Key layout={layout} />
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <div class="scroll" tabIndex={0} role="group" aria-label={`Drawing ${place + 1} of cores and ranks`}>
        <svg
          class="placement"
          width={drawing.width}
          height={drawing.height}
          viewBox={`0 0 ${drawing.width} ${drawing.height}`}
          role="img"
          aria-labelledby={`${id}-title ${id}-desc`}
        >
          <title id={`${id}-title`}>Cores and the ranks that may run there</title>
          <desc id={`${id}-desc`}>
            {`${tellLayout(layout)}. ${layout.domains.slice(0, MOST_DESCRIBED).map(describe).join('; ')}.`}
          </desc>
          {drawing.blocks.map((block) => (
            <g>
              <text class="tick" x={block.x} y={block.y + 13}>
                {titleOf(block.domain.name, block.cores)}
              </text>
              <Cores block={block} drawing={drawing} />
            </g>
          ))}
        </svg>
      </div>
      {drawing.more > 0 && <p>{`and ${formatCount(drawing.more)} more cores`}</p>}
    </figure>
  );
}
