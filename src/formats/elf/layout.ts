import { failure, type Result, success } from '#base';

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

/** Reads and writes numbers of one file's width and byte order. Offsets are checked by who asks. */
export interface Layout {
  readonly view: DataView;
  readonly isWide: boolean;
  readonly isLittle: boolean;
  readonly machine: number;
  readonly segmentsAt: number;
  readonly segmentBytes: number;
  readonly segments: readonly Segment[];
}

const damaged = (message: string) => failure({ code: 'elf/damaged', message });

/** More than any file has. */
const MOST_SEGMENTS = 512;

export const hasRoom = ({ view }: Layout, offset: number, bytes: number): boolean =>
  Number.isSafeInteger(offset) && offset >= 0 && bytes >= 0 && offset + bytes <= view.byteLength;

/** An address or offset: as wide as the file's class says. */
export function wordAt({ view, isWide, isLittle }: Pick<Layout, 'view' | 'isWide' | 'isLittle'>, at: number): number {
  return isWide ? Number(view.getBigUint64(at, isLittle)) : view.getUint32(at, isLittle);
}

export function putWord({ view, isWide, isLittle }: Layout, at: number, value: number): void {
  if (isWide) view.setBigUint64(at, BigInt(value), isLittle);
  else view.setUint32(at, value, isLittle);
}

type Numbers = Pick<Layout, 'view' | 'isWide' | 'isLittle'>;

function segmentAt(numbers: Numbers, at: number): Segment {
  const { view, isWide, isLittle } = numbers;
  const word = (index: number) => wordAt(numbers, at + (isWide ? 8 : 4) * index);
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

export function putSegment(layout: Layout, index: number, segment: Segment): void {
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

const isElf = (bytes: Uint8Array) => bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;

/** Width and byte order. */
function readNumbers(bytes: Uint8Array): Result<Numbers> {
  if (!isElf(bytes)) return failure({ code: 'elf/other-format', message: 'it is no ELF file' });
  const [kind, order] = [bytes[4], bytes[5]];
  if ((kind !== 1 && kind !== 2) || (order !== 1 && order !== 2)) return damaged('its class or byte order is unknown');
  if (bytes.length < (kind === 2 ? 64 : 52)) return damaged('its header is cut short');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return success({ view, isWide: kind === 2, isLittle: order === 1 });
}

/** Says where the program headers stand, and how many they are. */
export function putHeaderPlace({ view, isWide, isLittle }: Layout, at: number, count: number): void {
  if (isWide) view.setBigUint64(32, BigInt(at), isLittle);
  else view.setUint32(28, at, isLittle);
  view.setUint16(isWide ? 56 : 44, count, isLittle);
}

/** The file's header and its program headers. */
export function readLayout(bytes: Uint8Array): Result<Layout> {
  const read = readNumbers(bytes);
  if (!read.ok) return read;
  const numbers = read.value;
  const { view, isWide, isLittle } = numbers;
  const segmentsAt = wordAt(numbers, isWide ? 32 : 28);
  const segmentBytes = view.getUint16(isWide ? 54 : 42, isLittle);
  const count = view.getUint16(isWide ? 56 : 44, isLittle);
  const layout = { ...numbers, machine: view.getUint16(18, isLittle), segmentsAt, segmentBytes, segments: [] };
  const isPlausible = count <= MOST_SEGMENTS && (count === 0 || segmentBytes === (isWide ? 56 : 32));
  if (!isPlausible || !hasRoom(layout, segmentsAt, count * segmentBytes)) {
    return damaged('its program headers are not in the file');
  }
  const segments = Array.from({ length: count }, (_, index) => segmentAt(numbers, segmentsAt + index * segmentBytes));
  return success({ ...layout, segments });
}

/** Where in the file an address is loaded from. */
export function offsetOf({ segments }: Layout, address: number): number | undefined {
  const segment = segments.find(
    ({ type, address: from, fileBytes }) => type === SEGMENT.load && address >= from && address < from + fileBytes,
  );
  return segment && segment.offset + address - segment.address;
}
