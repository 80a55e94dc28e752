import { failure, type Result, success } from '#base';
import { type Reading, take } from './reading.ts';

// Where things stand in an ELF file: the System V ABI's "Object Files" and "Program Loading and Dynamic Linking", 32 and 64 bit.

export const SEGMENT = { load: 1, dynamic: 2, interpreter: 3, note: 4, headers: 6 } as const;

export interface Segment {
  readonly type: number;
  readonly flags: number;
  readonly offset: number;
  readonly address: number;
  readonly fileBytes: number;
  readonly memoryBytes: number;
  readonly alignment: number;
}

/** A file's width and byte order. */
export interface Numbers {
  readonly isWide: boolean;
  readonly isLittle: boolean;
}

/** Where the parts of one file stand. */
export interface Layout extends Numbers {
  /** `e_machine` and `e_type` of the header. */
  readonly machine: number;
  readonly type: number;
  readonly segmentsAt: number;
  readonly segmentBytes: number;
  readonly segments: readonly Segment[];
}

/** With all of its bytes, to be changed. Offsets are checked by who asks. */
export interface WholeFile extends Layout {
  readonly view: DataView;
}

const damaged = (message: string) => failure({ code: 'elf/damaged', message });

/** More than any file has. */
const MOST_SEGMENTS = 512;

export const hasRoom = ({ view }: WholeFile, offset: number, bytes: number): boolean =>
  Number.isSafeInteger(offset) && offset >= 0 && bytes >= 0 && offset + bytes <= view.byteLength;

/** An address or offset: as wide as the file's class says. */
export function wordAt({ isWide, isLittle }: Numbers, view: DataView, at: number): number {
  return isWide ? Number(view.getBigUint64(at, isLittle)) : view.getUint32(at, isLittle);
}

export function putWord({ view, isWide, isLittle }: WholeFile, at: number, value: number): void {
  if (isWide) view.setBigUint64(at, BigInt(value), isLittle);
  else view.setUint32(at, value, isLittle);
}

function segmentAt(numbers: Numbers, view: DataView, at: number): Segment {
  const { isWide, isLittle } = numbers;
  const word = (index: number) => wordAt(numbers, view, at + (isWide ? 8 : 4) * index);
  const type = view.getUint32(at, isLittle);
  return isWide
    ? {
        ...{ type, flags: view.getUint32(at + 4, isLittle), offset: word(1), address: word(2) },
        ...{ fileBytes: word(4), memoryBytes: word(5), alignment: word(6) },
      }
    : {
        ...{ type, flags: word(6), offset: word(1), address: word(2) },
        ...{ fileBytes: word(4), memoryBytes: word(5), alignment: word(7) },
      };
}

export function putSegment(layout: WholeFile, index: number, segment: Segment): void {
  const { view, isWide, isLittle, segmentsAt, segmentBytes } = layout;
  const at = segmentsAt + index * segmentBytes;
  const words = [
    ...[segment.offset, segment.address, segment.address, segment.fileBytes, segment.memoryBytes],
    ...(isWide ? [segment.alignment] : [segment.flags, segment.alignment]),
  ];
  view.setUint32(at, segment.type, isLittle);
  if (isWide) view.setUint32(at + 4, segment.flags, isLittle);
  for (const [position, value] of words.entries()) putWord(layout, at + (isWide ? 8 : 4) * (position + 1), value);
}

/** `\x7fELF`. */
const MAGIC = 0x7f454c46;

/** Width and byte order, of a header. */
function readNumbers(head: DataView): Result<Numbers> {
  if (head.byteLength < 4 || head.getUint32(0) !== MAGIC) {
    return failure({ code: 'elf/other-format', message: 'it is no ELF file' });
  }
  if (head.byteLength < HEADER_BYTES.narrow) return damaged('its header is cut short');
  const [kind, order] = [head.getUint8(4), head.getUint8(5)];
  if ((kind !== 1 && kind !== 2) || (order !== 1 && order !== 2)) return damaged('its class or byte order is unknown');
  if (kind === 2 && head.byteLength < HEADER_BYTES.wide) return damaged('its header is cut short');
  return success({ isWide: kind === 2, isLittle: order === 1 });
}

const HEADER_BYTES = { wide: 64, narrow: 52 } as const;

/** Says where the program headers stand, and how many they are. */
export function putHeaderPlace({ view, isWide, isLittle }: WholeFile, at: number, count: number): void {
  if (isWide) view.setBigUint64(32, BigInt(at), isLittle);
  else view.setUint32(28, at, isLittle);
  view.setUint16(isWide ? 56 : 44, count, isLittle);
}

/** The file's header and its program headers. */
export function* readLayout(): Reading<Result<Layout>> {
  const head = yield { offset: 0, bytes: HEADER_BYTES.wide };
  const read = readNumbers(head);
  if (!read.ok) return read;
  const numbers = read.value;
  const { isWide, isLittle } = numbers;
  const segmentsAt = wordAt(numbers, head, isWide ? 32 : 28);
  const segmentBytes = head.getUint16(isWide ? 54 : 42, isLittle);
  const count = head.getUint16(isWide ? 56 : 44, isLittle);
  const isPlausible = count <= MOST_SEGMENTS && (count === 0 || segmentBytes === (isWide ? 56 : 32));
  const view = isPlausible ? yield* take(segmentsAt, count * segmentBytes) : undefined;
  if (!view) return damaged('its program headers are not in the file');
  return success({
    ...numbers,
    machine: head.getUint16(18, isLittle),
    type: head.getUint16(16, isLittle),
    segmentsAt,
    segmentBytes,
    segments: Array.from({ length: count }, (_, index) => segmentAt(numbers, view, index * segmentBytes)),
  });
}

/** Where in the file an address is loaded from. */
export function offsetOf({ segments }: Layout, address: number): number | undefined {
  const segment = segments.find(
    ({ type, address: from, fileBytes }) => type === SEGMENT.load && address >= from && address < from + fileBytes,
  );
  return segment && segment.offset + address - segment.address;
}
