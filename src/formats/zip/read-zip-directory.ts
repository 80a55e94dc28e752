import { type Failure, failure, pathOfBytes, type Result, success } from '#base';

// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3. The directory stands at the end of the file: with
// it, one member of a large wheel is read without the others.

/** Where a part of a file is. */
export interface ByteRange {
  readonly offset: number;
  readonly bytes: number;
}

/** One file in an archive. */
export interface ZipEntry {
  /** Relative, without `..`, as text of `pathOfBytes`. */
  readonly path: string;
  readonly method: 'stored' | 'deflated';
  /** Of the content as it stands in the archive, and as it is. */
  readonly packedBytes: number;
  readonly bytes: number;
  /** CRC-32 of the content as it is. */
  readonly checksum: number;
  /** Of the header before the content, which `readZipContent` reads. */
  readonly headerOffset: number;
}

/** What has to be read of the end of a file to find the directory: its own end, the longest comment, and what ZIP64 adds. */
export const ZIP_TAIL_BYTES = 22 + 0xffff + 20 + 56;
export const ZIP_HEADER_BYTES = 30;

const END = 0x06054b50;
const END_BYTES = 22;
const LOCATOR = 0x07064b50;
const LOCATOR_BYTES = 20;
const END_64 = 0x06064b50;
const END_64_BYTES = 56;
const ENTRY = 0x02014b50;
const ENTRY_BYTES = 46;
const HEADER = 0x04034b50;
const EXTRA_64 = 0x0001;
const METHODS: Readonly<Record<number, ZipEntry['method']>> = { 0: 'stored', 8: 'deflated' };
/** More than deflate can do: 258 bytes of two bits. */
const DENSEST = 1032;
/** The largest wheels have some 20,000 files. */
const MOST = 1_000_000;
const LARGEST_DIRECTORY = 256 * 1024 * 1024;

class Malformed extends Error {}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Numbers of 64 bits that no file reaches are wrong, not rounded. */
function long(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw new Malformed('a number is larger than any file');
  return value;
}

function guarded<T>(read: () => T): Result<T> {
  try {
    return success(read());
  } catch (error) {
    // A RangeError is DataView's: something leads out of what was read.
    if (!(error instanceof Malformed) && !(error instanceof RangeError)) throw error;
    const message = error instanceof Malformed ? error.message : 'the archive is cut short';
    return failure<Failure>({ code: 'formats/zip', message });
  }
}

/** The last end record whose comment ends where the file does. */
function endOf(view: DataView): number {
  for (let at = view.byteLength - END_BYTES; at >= 0; at -= 1) {
    if (view.getUint32(at, true) === END && at + END_BYTES + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  }
  throw new Malformed('it is no ZIP archive');
}

function directoryAt(view: DataView, end: number, tailOffset: number): ByteRange {
  const locator = end - LOCATOR_BYTES;
  if (locator < 0 || view.getUint32(locator, true) !== LOCATOR) {
    return { offset: view.getUint32(end + 16, true), bytes: view.getUint32(end + 12, true) };
  }
  const at = long(view, locator + 8) - tailOffset;
  if (at < 0 || at + END_64_BYTES > locator || view.getUint32(at, true) !== END_64) {
    throw new Malformed('the end of the directory is not where it should be');
  }
  return { offset: long(view, at + 48), bytes: long(view, at + 40) };
}

/** Where the directory is, by the last `ZIP_TAIL_BYTES` of a file, or all of a shorter one. */
export function findZipDirectory(tail: Uint8Array, fileBytes: number): Result<ByteRange> {
  return guarded(() => {
    const view = viewOf(tail);
    const end = endOf(view);
    const tailOffset = fileBytes - tail.length;
    const range = directoryAt(view, end, tailOffset);
    if (range.bytes > LARGEST_DIRECTORY) throw new Malformed('the directory is too large');
    if (range.offset + range.bytes > tailOffset + end) throw new Malformed('the directory leads out of the file');
    return range;
  });
}

/** Those of the three numbers that did not fit, from the extra field, in their order. */
function widen(view: DataView, extra: ByteRange, narrow: readonly number[]): readonly number[] {
  if (!narrow.includes(0xffffffff)) return narrow;
  for (let at = extra.offset; at + 4 <= extra.offset + extra.bytes; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== EXTRA_64) continue;
    let next = at + 4;
    return narrow.map((value) => {
      if (value !== 0xffffffff) return value;
      next += 8;
      return long(view, next - 8);
    });
  }
  throw new Malformed('a size that does not fit is missing');
}

/** A path that stays in the folder it is unpacked to, whatever the system. */
function isInside(path: string): boolean {
  const parts = path.split('/');
  return !/[\\\0]|^[A-Za-z]:/.test(path) && !parts.some((part) => part === '' || part === '.' || part === '..');
}

function entryAt(bytes: Uint8Array, view: DataView, at: number): { readonly entry?: ZipEntry; readonly end: number } {
  if (view.getUint32(at, true) !== ENTRY) throw new Malformed('the directory is not one');
  const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
  const nameAt = at + ENTRY_BYTES;
  const extraAt = nameAt + (nameBytes ?? 0);
  const end = extraAt + (extraBytes ?? 0) + (commentBytes ?? 0);
  if (end > bytes.length) throw new Malformed('the directory is cut short');
  const path = pathOfBytes(bytes.subarray(nameAt, extraAt));
  if (path.endsWith('/') && isInside(path.slice(0, -1))) return { end };
  if (!isInside(path)) throw new Malformed(`the path ${JSON.stringify(path.slice(0, 200))} leads out of the archive`);
  const narrow = [24, 20, 42].map((field) => view.getUint32(at + field, true));
  const [size = 0, packedBytes = 0, headerOffset = 0] = widen(
    view,
    { offset: extraAt, bytes: extraBytes ?? 0 },
    narrow,
  );
  const method = METHODS[view.getUint16(at + 10, true)];
  const isEncrypted = (view.getUint16(at + 8, true) & 1) !== 0;
  if (!method || isEncrypted) throw new Malformed(`${JSON.stringify(path)} is packed in a way that wheels are not`);
  const isPossible = method === 'stored' ? size === packedBytes : size <= (packedBytes + 1) * DENSEST;
  if (!isPossible) throw new Malformed(`${JSON.stringify(path)} cannot be as large as it says`);
  return {
    entry: { path, method, packedBytes, bytes: size, checksum: view.getUint32(at + 16, true), headerOffset },
    end,
  };
}

/** Two files of one name, or in the same bytes: readers would disagree on what is in the archive, or find more than there is. */
function checkApart(entries: readonly ZipEntry[], directoryOffset: number): void {
  if (new Set(entries.map((entry) => entry.path)).size < entries.length) throw new Malformed('two files have one name');
  let free = 0;
  for (const entry of entries.toSorted((one, other) => one.headerOffset - other.headerOffset)) {
    if (entry.headerOffset < free) throw new Malformed(`${JSON.stringify(entry.path)} lies over another file`);
    free = entry.headerOffset + ZIP_HEADER_BYTES + entry.packedBytes;
  }
  if (free > directoryOffset) throw new Malformed('a file lies over the directory');
}

/** The files of an archive, by its directory's bytes; all of them or none. Folders are left out. */
export function readZipDirectory(bytes: Uint8Array, range: ByteRange): Result<readonly ZipEntry[]> {
  return guarded(() => {
    const view = viewOf(bytes);
    const entries: ZipEntry[] = [];
    for (let at = 0; at < bytes.length; ) {
      const { entry, end } = entryAt(bytes, view, at);
      if (entry) entries.push(entry);
      if (entries.length > MOST) throw new Malformed('there are too many files');
      at = end;
    }
    checkApart(entries, range.offset);
    return entries;
  });
}

/** Where an entry's content is, by the `ZIP_HEADER_BYTES` at its `headerOffset`. */
export function readZipContent(header: Uint8Array, entry: ZipEntry): Result<ByteRange> {
  return guarded(() => {
    const view = viewOf(header);
    if (view.getUint32(0, true) !== HEADER)
      throw new Malformed(`${JSON.stringify(entry.path)} is not where it should be`);
    const before = ZIP_HEADER_BYTES + view.getUint16(26, true) + view.getUint16(28, true);
    return { offset: entry.headerOffset + before, bytes: entry.packedBytes };
  });
}
