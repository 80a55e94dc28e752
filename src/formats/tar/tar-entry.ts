import { pathBytes } from '#base';

// POSIX ustar with GNU's long names: https://www.gnu.org/software/tar/manual/html_node/Standard.html

/** What stands in an archive before the content of a file. Paths are relative, as text of `pathBytes`. */
export interface TarEntry {
  readonly path: string;
  readonly type: 'file' | 'folder' | 'link';
  readonly mode: number;
  /** Whole seconds since 1970. */
  readonly modified: number;
  /** Of a file's content. */
  readonly bytes?: number;
  /** Where a link leads. */
  readonly target?: string;
}

export const TAR_BLOCK_BYTES = 512;
/** Two empty blocks. */
export const TAR_END_BYTES = 2 * TAR_BLOCK_BYTES;

const NAME_BYTES = 100;
const TYPES = { file: '0', link: '2', folder: '5' } as const;
const LONG_NAME = 'L';
const LONG_LINK = 'K';

interface Header {
  readonly name: Uint8Array;
  readonly link: Uint8Array;
  readonly type: string;
  readonly mode: number;
  readonly modified: number;
  readonly bytes: number;
}

function writeText(block: Uint8Array, at: number, text: string): void {
  for (let index = 0; index < text.length; index += 1) block[at + index] = text.charCodeAt(index);
}

/** Octal digits and a zero; base 256 where the field is too short for them, as GNU does. */
function writeNumber(block: Uint8Array, at: number, length: number, value: number): void {
  const digits = value.toString(8);
  if (digits.length < length) {
    writeText(block, at, digits.padStart(length - 1, '0'));
    return;
  }
  let rest = value;
  for (let index = length - 1; index > 0; index -= 1) {
    block[at + index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  block[at] = 0x80;
}

function headerBlock({ name, link, type, mode, modified, bytes }: Header): Uint8Array {
  const block = new Uint8Array(TAR_BLOCK_BYTES);
  block.set(name.subarray(0, NAME_BYTES), 0);
  writeNumber(block, 100, 8, mode);
  writeNumber(block, 108, 8, 0);
  writeNumber(block, 116, 8, 0);
  writeNumber(block, 124, 12, bytes);
  writeNumber(block, 136, 12, modified);
  writeText(block, 148, '        ');
  writeText(block, 156, type);
  block.set(link.subarray(0, NAME_BYTES), 157);
  // GNU's own magic: readers then know the long names and base 256.
  writeText(block, 257, 'ustar  ');
  const sum = block.reduce((total, byte) => total + byte, 0);
  writeText(block, 148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return block;
}

/** A name that does not fit, as an entry of its own before the one that it is for. */
function longBlocks(text: Uint8Array, type: string): Uint8Array[] {
  const name = new Uint8Array(NAME_BYTES);
  writeText(name, 0, '././@LongLink');
  const bytes = text.length + 1;
  const content = new Uint8Array(bytes + tarPadding(bytes));
  content.set(text);
  return [headerBlock({ name, link: new Uint8Array(0), type, mode: 0o644, modified: 0, bytes }), content];
}

/** How many zeros follow a content of so many bytes. */
export function tarPadding(bytes: number): number {
  return (TAR_BLOCK_BYTES - (bytes % TAR_BLOCK_BYTES)) % TAR_BLOCK_BYTES;
}

/** Blocks that stand before the content of an entry. Owner and group are 0: whoever unpacks it owns it. */
export function tarEntry(entry: TarEntry): Uint8Array[] {
  const name = pathBytes(entry.type === 'folder' ? `${entry.path}/` : entry.path);
  const link = pathBytes(entry.target ?? '');
  const modified = Math.max(0, Math.floor(entry.modified));
  const bytes = entry.type === 'file' ? (entry.bytes ?? 0) : 0;
  return [
    ...(link.length > NAME_BYTES ? longBlocks(link, LONG_LINK) : []),
    ...(name.length > NAME_BYTES ? longBlocks(name, LONG_NAME) : []),
    headerBlock({ name, link, type: TYPES[entry.type], mode: entry.mode & 0o7777, modified, bytes }),
  ];
}
