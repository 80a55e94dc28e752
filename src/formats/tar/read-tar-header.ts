import { TAR_BLOCK_BYTES } from './tar-entry.ts';

/** What a block says that stands before an entry of an archive. */
export interface TarHeader {
  /** Bytes of the name as it stands here: a longer one is the content of the entry before. */
  readonly name: Uint8Array;
  /** GNU's `L` and `K`: the content is the name, or the link's target, of the entry that follows. */
  readonly type: string;
  /** Of the content that follows. */
  readonly bytes: number;
}

const SUM_AT = 148;
const SUM_BYTES = 8;

const textAt = (block: Uint8Array, at: number, length: number) =>
  String.fromCharCode(...block.subarray(at, at + length));

/** Octal digits, or base 256 where the first bit is set. Undefined: neither. */
function numberAt(block: Uint8Array, at: number, length: number): number | undefined {
  if (((block[at] ?? 0) & 0x80) !== 0) {
    let value = (block[at] ?? 0) & 0x7f;
    for (let next = at + 1; next < at + length; next += 1) value = value * 256 + (block[next] ?? 0);
    return Number.isSafeInteger(value) ? value : undefined;
  }
  const digits = /^ *([0-7]+)[ \0]*$/.exec(textAt(block, at, length));
  return digits ? Number.parseInt(digits[1] ?? '', 8) : undefined;
}

/** Undefined where the block is no header: the end of the archive, or damage. */
export function readTarHeader(block: Uint8Array): TarHeader | undefined {
  if (block.length !== TAR_BLOCK_BYTES) return undefined;
  // A copy: what is given may be a view that `slice` would share.
  const plain = Uint8Array.from(block).fill(0x20, SUM_AT, SUM_AT + SUM_BYTES);
  const sum = plain.reduce((total, byte) => total + byte, 0);
  const bytes = numberAt(block, 124, 12);
  if (numberAt(block, SUM_AT, SUM_BYTES) !== sum || bytes === undefined) return undefined;
  const name = block.subarray(0, 100);
  const end = name.indexOf(0);
  return { name: end < 0 ? name : name.subarray(0, end), type: textAt(block, 156, 1), bytes };
}
