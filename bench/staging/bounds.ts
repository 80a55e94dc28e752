import type { Measured } from './measure.ts';
import type { PackTime } from './pack-time.ts';

/** What was promised, and what was found. */
export interface Bound {
  readonly what: string;
  readonly limit: number;
  readonly found: number;
}

/** Of the tar's second start on a node: nothing to fetch, nothing of Pharos. */
const fromMemory = (rows: readonly Measured[], nodes: number) =>
  rows.find((row) => row.peer === 'tar' && row.nodes === nodes)?.warmSeconds;

export const isMet = ({ limit, found }: Bound): boolean => found <= limit;

function coldBounds(rows: readonly Measured[], own: Measured): Bound[] {
  const others = rows.filter(({ peer, nodes }) => peer !== own.peer && nodes === own.nodes);
  return others.map(({ peer, coldSeconds }) => ({
    what: `cold on ${own.nodes} against ${peer}, s`,
    limit: coldSeconds,
    found: own.coldSeconds,
  }));
}

function memoryBounds(rows: readonly Measured[], own: Measured): Bound[] {
  const memory = fromMemory(rows, own.nodes);
  if (memory === undefined || own.nodes !== 1) return [];
  return [
    { what: 'cold on 1 / from memory', limit: 1.5, found: own.coldSeconds / memory },
    { what: 'warm on 1 / from memory', limit: 0.9, found: own.warmSeconds / memory },
  ];
}

export function boundsOf(rows: readonly Measured[], imageBytes: number): Bound[] {
  return rows
    .filter(({ peer }) => peer === 'pharos')
    .flatMap((own) => [
      ...coldBounds(rows, own),
      ...memoryBounds(rows, own),
      { what: `metadata requests a node on ${own.nodes}`, limit: 5, found: own.metadataPerNode },
      { what: `bytes a node on ${own.nodes} / image`, limit: 1.05, found: own.bytesPerNode / imageBytes },
    ]);
}

export const packBounds = ({ packSeconds, againSeconds }: PackTime): Bound[] => [
  { what: 'pack, s', limit: 3, found: packSeconds },
  { what: 'pack again after an edit, s', limit: 0.5, found: againSeconds },
];
