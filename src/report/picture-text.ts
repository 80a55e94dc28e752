import { formatCount } from '#base';
import { cutEnd } from './columns.ts';
import { tellCpus } from './cpus.ts';
import {
  type Core,
  type Domain,
  type Layout,
  layOutPicture,
  type Owner,
  ownerOfCore,
  type Picture,
  signOf,
} from './picture.ts';

// The picture in plain ASCII: a line or more a NUMA node, a sign a core.

/** Signs stand in groups, so that one can count them. */
const GROUP = 8;
const LINE_LENGTHS = [64, 32, 16, 8, 4, 2, 1];

/** More lines say no more; a page has its length. */
const MOST_LINES = 48;

interface Line {
  readonly name: string;
  readonly cpus: string;
  readonly cells: string;
}

function drawCells(owners: readonly Owner[], width: number, layout: Layout): string {
  const signs = owners.map((owner) => signOf(owner, layout).padStart(width));
  if (width > 1) return signs.join(' ');
  const groups = Array.from({ length: Math.ceil(signs.length / GROUP) }, (_, index) =>
    signs.slice(index * GROUP, (index + 1) * GROUP).join(''),
  );
  return groups.join(' ');
}

/** The lines of some cores: one, or one each hardware thread where those of a core differ. */
function linesOf(cores: readonly Core[], domain: Domain, width: number, layout: Layout): Line[] {
  const threads = domain.divided ? cores.reduce((most, { cpus }) => Math.max(most, cpus.length), 1) : 1;
  return Array.from({ length: threads }, (_, thread) => ({
    name: domain.name,
    cpus: tellCpus(cores.flatMap(({ cpus }) => cpus[thread] ?? [])),
    cells: drawCells(
      cores.map((core) => (threads === 1 ? ownerOfCore(core) : (core.owners[thread] ?? 'none'))),
      width,
      layout,
    ),
  }));
}

function cutInLines(domain: Domain, most: number): Core[][] {
  const lines = Math.ceil(domain.cores.length / most);
  return Array.from({ length: lines }, (_, index) => domain.cores.slice(index * most, (index + 1) * most));
}

const widest = (words: readonly string[]) => words.reduce((most, word) => Math.max(most, word.length), 0);

/** A name that stands above already is not said again. */
function joinLines(lines: readonly Line[]): string[] {
  const names = widest(lines.map(({ name }) => name));
  const cpus = widest(lines.map((line) => line.cpus));
  return lines.map(({ name, cpus: list, cells }, index) => {
    const said = lines[index - 1]?.name === name ? '' : name;
    return `${said.padEnd(names)}  CPU ${list.padEnd(cpus)}  ${cells}`;
  });
}

function tellSigns(layout: Layout): string[] {
  const owners = new Set(layout.domains.flatMap(({ cores }) => cores.flatMap((core) => core.owners)));
  const ranks = [...owners].filter((owner): owner is number => typeof owner === 'number').sort((a, b) => a - b);
  const [first, last] = [ranks[0], ranks.at(-1)];
  const signs =
    first === undefined || last === undefined
      ? ''
      : [...new Set([first, last])].map((rank) => signOf(rank, layout)).join('-');
  return [
    ...(signs.length > 0 ? [`${signs}: only this local rank may run there`] : []),
    ...(owners.has('several') ? ['*: several ranks may'] : []),
    ...(owners.has('none') ? ['.: none may'] : []),
  ];
}

/** What the signs mean, and what a sign stands for. */
export function tellLegend(layout: Layout): string {
  const isDivided = layout.domains.some(({ divided }) => divided);
  const each =
    layout.threads === 1
      ? 'One sign a core'
      : isDivided
        ? 'One sign a core, or a line for each of its hardware threads where they differ'
        : 'One sign a core; CPU is its first hardware thread';
  return [each, ...(layout.cores.all > 0 ? [tellSigns(layout).join('; ')] : [])].map((part) => `${part}.`).join(' ');
}

function drawLines(layout: Layout, sign: number, perLine: number): string[] {
  const lines = layout.domains.flatMap((domain) =>
    cutInLines(domain, perLine).flatMap((cores) => linesOf(cores, domain, sign, layout)),
  );
  const more = lines.length - MOST_LINES;
  const shown = joinLines(lines.slice(0, MOST_LINES));
  return more > 0 ? [...shown, `and ${formatCount(more)} more lines of cores`] : shown;
}

/** A line or more for each NUMA node, no wider than `width`, with as many cores in a line as fit. */
export function drawPicture(picture: Picture, width: number): string[] {
  const layout = layOutPicture(picture);
  const owners = layout.domains.flatMap(({ cores }) => cores.flatMap((core) => core.owners));
  const sign = owners.reduce<number>((most, owner) => Math.max(most, signOf(owner, layout).length), 1);
  for (const perLine of LINE_LENGTHS) {
    const lines = drawLines(layout, sign, perLine);
    if (lines.every((line) => line.length <= width)) return lines;
  }
  // Not even one core fits beside its names: those are longer than any machine's.
  return drawLines(layout, sign, 1).map((line) => cutEnd(line, width));
}
