import { failure, type Result, success } from '#base';
import { hasRoom, putHeaderPlace, putSegment, SEGMENT, type Segment, type WholeFile } from './layout.ts';

/** What is put behind a file, and how its program headers make room for one more. */
export interface Room {
  /** Those that are kept, with the new one among them. */
  readonly segments: readonly Segment[];
  /** Where the new one begins. */
  readonly at: { readonly offset: number; readonly address: number };
  /** The program headers stand at the beginning of the new segment, for there is no room where they stood. */
  readonly isMoved: boolean;
}

/** Pages have up to 64 KiB, huge ones 2 MiB; an address beyond 2^47 is the kernel's. */
const MOST_ALIGNMENT = 1 << 21;
const MOST_ADDRESS = { wide: 2 ** 47, narrow: 2 ** 32 - 2 ** 28 } as const;

const isPlausible = ({ alignment, address, memoryBytes }: Segment, most: number): boolean =>
  alignment <= MOST_ALIGNMENT && Number.isInteger(Math.log2(alignment || 1)) && address + memoryBytes <= most;

/** The note that says how a file was made, which no loader needs. Others' notes may be read when it runs, as Qt's are. */
function isOfMaker(layout: WholeFile, { type, offset, fileBytes }: Segment): boolean {
  if (type !== SEGMENT.note || !hasRoom(layout, offset, fileBytes)) return false;
  const { view, isLittle } = layout;
  const word = (at: number) => view.getUint32(at, isLittle);
  const padded = (bytes: number) => Math.ceil(bytes / 4) * 4;
  let at = offset;
  while (at + 16 <= offset + fileBytes) {
    const isGnu = word(at) === 4 && view.getUint32(at + 12) === GNU;
    if (!isGnu) return false;
    at += 16 + padded(word(at + 4));
  }
  return at > offset;
}

/** `GNU` and a zero. */
const GNU = 0x474e5500;
const READABLE = 4;

const roundUp = (value: number, to: number) => Math.ceil(value / to) * to;

/**
 * Room for a segment behind all others. It takes the program header of a note where there is one of the maker; in a
 * library all headers can be moved instead. Those of a program stay: kernels before 5.18 look for them where they were.
 */
export function findRoom(layout: WholeFile): Result<Room> {
  const { segments, view, isWide } = layout;
  if (!segments.every((segment) => isPlausible(segment, isWide ? MOST_ADDRESS.wide : MOST_ADDRESS.narrow))) {
    return failure({ code: 'elf/damaged', message: 'its segments are no program could be loaded from' });
  }
  const note = segments.findLastIndex((segment) => isOfMaker(layout, segment));
  if (note < 0 && segments.some(({ type }) => type === SEGMENT.interpreter)) {
    return failure({ code: 'elf/no-room', message: 'it has no note whose program header could be taken' });
  }
  const kept = segments.filter((_, index) => index !== note);
  const loaded = kept.filter(({ type }) => type === SEGMENT.load);
  const page = Math.max(4096, ...loaded.map(({ alignment }) => alignment));
  const offset = roundUp(view.byteLength, 8);
  // A page of the file is mapped as a page: both begin at the same place in one.
  const address = roundUp(Math.max(...loaded.map((one) => one.address + one.memoryBytes)), page) + (offset % page);
  const made = { type: SEGMENT.load, flags: READABLE, offset, address, fileBytes: 0, memoryBytes: 0, alignment: page };
  // Loaders want those that are loaded in the order of their addresses.
  const index = kept.findLastIndex(({ type }) => type === SEGMENT.load) + 1;
  return success({
    segments: [...kept.slice(0, index), made, ...kept.slice(index)],
    at: { offset, address },
    isMoved: note < 0,
  });
}

/** Writes the program headers, now that the new segment's length is known. */
export function putSegments(
  layout: WholeFile,
  segments: Room['segments'],
  { offset, address, bytes }: Room['at'] & { readonly bytes: number },
  isMoved: boolean,
): void {
  const headerBytes = segments.length * layout.segmentBytes;
  const target = isMoved ? { ...layout, segmentsAt: offset } : layout;
  if (isMoved) putHeaderPlace(layout, offset, segments.length);
  for (const [index, segment] of segments.entries()) {
    const isNew = segment.type === SEGMENT.load && segment.offset === offset;
    const isHeaders = isMoved && segment.type === SEGMENT.headers;
    const sizes = { fileBytes: isHeaders ? headerBytes : bytes, memoryBytes: isHeaders ? headerBytes : bytes };
    putSegment(target, index, isNew || isHeaders ? { ...segment, offset, address, ...sizes } : segment);
  }
}
