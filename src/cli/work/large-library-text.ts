import { formatBytes, formatCountOf, formatPercent, formatRange, formatSeconds, type Interval } from '#base';
import { scaleModel } from '#knowledge';
import type { ImageManifest, WeighedLibrary } from '#schema';

export const COLUMNS = 80;

/** The end of a path, which tells more than its beginning. */
export function shortened(path: string, columns: number): string {
  return path.length <= columns ? path : `…${path.slice(path.length - columns + 1)}`;
}

/** Words in lines of 80 columns, those after the first indented. */
export function wrapped(text: string, indent = '  '): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > COLUMNS) {
      lines.push(line);
      line = `${indent}${word}`;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}

const seconds = ({ low, likely, high }: Interval) =>
  `${formatSeconds(likely)} (${formatRange(low, high, formatSeconds)})`;

type Weighed = Pick<WeighedLibrary, 'path' | 'bytes' | 'packedSeconds' | 'readSeconds'>;

function libraryLines({ path, bytes, packedSeconds, readSeconds }: Weighed): string[] {
  const start = `  ${formatBytes(bytes).padStart(8)}  `;
  return [
    start + shortened(path, COLUMNS - start.length),
    `            packed ${seconds(packedSeconds)}`,
    `            read   ${seconds(readSeconds)}`,
  ];
}

function tellHow(): string {
  const { low, high } = scaleModel.touchedOfLargeLibrary;
  const share = formatRange(low, high, formatPercent);
  return `By so much a start gets longer, modelled. How much of a library is touched no recording tells: ${share} of what is mapped is taken, as measured of others.`;
}

function leftLines({ left = [] }: ImageManifest): string[] {
  const [first] = left;
  if (!first) return [];
  const size = `${formatCountOf(first.nodes, 'node')} with ${formatCountOf(first.ranksPerNode, 'rank')} each`;
  return [
    wrapped(
      `Left where they are: on ${size}, bringing all of them to each node costs more than reading what a start touches; --whole PACKAGE packs them:`,
    ),
    ...left.flatMap(libraryLines),
  ];
}

function doubtLines(weighed: readonly WeighedLibrary[]): string[] {
  const unknown = weighed.filter(({ cheaper }) => cheaper === 'unknown');
  if (unknown.length === 0) return [];
  return [
    wrapped(
      'Very large, and packed: whether less is lost by reading them where they are depends on how much is touched.',
    ),
    ...unknown.flatMap(libraryLines),
  ];
}

function packedLines(weighed: readonly WeighedLibrary[]): string[] {
  const packed = weighed.filter(({ cheaper }) => cheaper === 'packed');
  if (packed.length === 0) return [];
  return [
    wrapped('Very large, and packed: that costs less than reading them where they are.'),
    ...packed.flatMap(libraryLines),
  ];
}

/** What was decided of each very large library, with what both ways cost. */
export function largeLibraryLines(manifest: ImageManifest, weighed: readonly WeighedLibrary[]): string[] {
  const lines = [...leftLines(manifest), ...doubtLines(weighed), ...packedLines(weighed)];
  return lines.length === 0 ? [] : [...lines, wrapped(tellHow())];
}
