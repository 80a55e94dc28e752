import { failure, pathOfBytes, type Result, success } from '#base';

// `/etc/ld.so.cache`: https://sourceware.org/git/?p=glibc.git;a=blob;f=sysdeps/generic/dl-cache.h

/** One library that ldconfig found. */
export interface CachedLibrary {
  /** The SONAME it is looked for by. */
  readonly name: string;
  readonly path: string;
  /** Kind and machine of the file, as `FLAG_ELF_LIBC6 | FLAG_X8664_LIB64`. */
  readonly flags: number;
  /** The folder for better processors it is for, as `x86-64-v3`. */
  readonly hwcaps?: string;
  /** It asks for features by bits that glibc before 2.37 knew. */
  readonly isLegacy: boolean;
}

const MAGIC = 'glibc-ld.so.cache1.1';
const HEADER_BYTES = 48;
const ENTRY_BYTES = 24;
const MOST_ENTRIES = 500_000;
const LONGEST = 4096;
/** Before it an older table may stand. */
const OLD_MAGIC = 'ld.so-1.7.0';

const EXTENSION_MAGIC = 0xeaa42174;
const HWCAPS_SECTION = 1;
/** Bits 32 and up of a capability: 62 says that it is an index into the names, ten more its level. */
const [IS_INDEX, LEVEL_MASK] = [1 << 30, 0x3ff];

const damaged = (message: string) => failure({ code: 'loader-cache/damaged', message });

/** Where the table begins whose names and offsets count: the file may begin with one for older loaders. */
function findTable(bytes: Uint8Array): number | undefined {
  const text = new TextDecoder('latin1').decode(bytes.subarray(0, OLD_MAGIC.length));
  const beginsAt = (at: number) =>
    new TextDecoder('latin1').decode(bytes.subarray(at, at + MAGIC.length)) === MAGIC ? at : undefined;
  if (text !== OLD_MAGIC) return beginsAt(0);
  if (bytes.length < 16) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // Twelve bytes an entry, then the new table at the next multiple of eight.
  const end = 16 + 12 * view.getUint32(12, true);
  return beginsAt(Math.ceil(end / 8) * 8);
}

interface Table {
  readonly view: DataView;
  readonly bytes: Uint8Array;
  readonly isLittle: boolean;
}

function stringAt({ bytes }: Table, at: number): string | undefined {
  if (at >= bytes.length) return undefined;
  const part = bytes.subarray(at, at + LONGEST);
  const end = part.indexOf(0);
  return end < 0 ? undefined : pathOfBytes(part.subarray(0, end));
}

/** Names of the folders below `glibc-hwcaps`, by the index that entries have. Offsets are of the whole file. */
function readNames(table: Table, start: number): readonly (string | undefined)[] {
  const { view, isLittle } = table;
  const at = view.getUint32(32, isLittle) - start;
  if (at < HEADER_BYTES || at + 8 > view.byteLength || view.getUint32(at, isLittle) !== EXTENSION_MAGIC) return [];
  const sections = Math.min(view.getUint32(at + 4, isLittle), 64);
  for (let section = at + 8; section < at + 8 + 16 * sections && section + 16 <= view.byteLength; section += 16) {
    if (view.getUint32(section, isLittle) !== HWCAPS_SECTION) continue;
    const from = view.getUint32(section + 8, isLittle) - start;
    const count = Math.min(Math.floor(view.getUint32(section + 12, isLittle) / 4), 1024);
    if (from < 0 || from + 4 * count > view.byteLength) return [];
    return Array.from({ length: count }, (_, index) => stringAt(table, view.getUint32(from + 4 * index, isLittle)));
  }
  return [];
}

function entryAt(table: Table, at: number, names: readonly (string | undefined)[]): CachedLibrary | undefined {
  const { view, isLittle } = table;
  const [name, path] = [
    stringAt(table, view.getUint32(at + 4, isLittle)),
    stringAt(table, view.getUint32(at + 8, isLittle)),
  ];
  if (!name || !path?.startsWith('/')) return undefined;
  const [low, high] = isLittle ? [at + 16, at + 20] : [at + 20, at + 16];
  const capability = view.getUint32(high, isLittle);
  const index = view.getUint32(low, isLittle);
  const isIndex = (capability & ~LEVEL_MASK) >>> 0 === IS_INDEX;
  const hwcaps = isIndex ? names[index] : undefined;
  // An index that names nothing is of a library that nobody may take.
  if (isIndex && hwcaps === undefined) return undefined;
  return {
    ...{ name, path, flags: view.getInt32(at, isLittle) },
    isLegacy: !isIndex && (capability !== 0 || index !== 0),
    ...(hwcaps === undefined ? {} : { hwcaps }),
  };
}

/** The libraries in the order of the cache. */
export function readLoaderCache(file: Uint8Array): Result<readonly CachedLibrary[]> {
  const start = findTable(file);
  if (start === undefined || file.length < start + HEADER_BYTES) return damaged('it is no cache of the dynamic loader');
  const bytes = file.subarray(start);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // 3 is big-endian; older caches do not say, and are of the machine that reads them.
  const isLittle = (view.getUint8(28) & 3) !== 3;
  const count = view.getUint32(20, isLittle);
  if (count > MOST_ENTRIES || HEADER_BYTES + count * ENTRY_BYTES > bytes.length)
    return damaged('its entries are cut short');
  const table = { view, bytes, isLittle };
  const names = readNames(table, start);
  const entries: CachedLibrary[] = [];
  for (let at = HEADER_BYTES; at < HEADER_BYTES + count * ENTRY_BYTES; at += ENTRY_BYTES) {
    const entry = entryAt(table, at, names);
    if (entry) entries.push(entry);
  }
  return success(entries);
}
