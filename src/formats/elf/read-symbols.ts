import { failure, pathOfBytes, type Result, success } from '#base';
import { type Dynamic, readDynamic, TAG, valueUnder } from './dynamic.ts';
import { type Layout, offsetOf, readLayout, wordAt } from './layout.ts';
import { type PartReader, type Reading, readParts, take } from './reading.ts';

/** Names of dynamic symbols, without their versions. */
export interface Symbols {
  readonly defined: ReadonlySet<string>;
  /** What it wants of others. */
  readonly undefined: ReadonlySet<string>;
}

/** More than the largest libraries of machine learning have. */
const MOST_SYMBOLS = 4_000_000;

/**
 * The dynamic symbols of a file. `undefined` alone reads only the beginning of the table, where linkers with a GNU hash
 * table put these. Where names have more than `mostBytes` it fails with `elf/too-large`.
 */
export function readSymbols(read: PartReader, which: 'all' | 'undefined', mostBytes: number): Promise<Result<Symbols>> {
  return readParts(read, reading(which, mostBytes));
}

const NONE: Symbols = { defined: new Set(), undefined: new Set() };
const damaged = failure({ code: 'elf/damaged', message: 'its symbols are not in the file' });

function* reading(which: 'all' | 'undefined', mostBytes: number): Reading<Result<Symbols>> {
  const layout = yield* readLayout();
  if (!layout.ok) return layout;
  const dynamic = yield* readDynamic(layout.value);
  if (!dynamic.ok) return dynamic;
  const at = dynamic.value && offsetOf(layout.value, valueUnder(dynamic.value, TAG.symbols) ?? -1);
  if (!dynamic.value || at === undefined) return success(NONE);
  const count = yield* countSymbols(layout.value, dynamic.value, which);
  if (count === undefined || count > MOST_SYMBOLS) return damaged;
  const width = layout.value.isWide ? 24 : 16;
  const table = yield* take(at, count * width);
  if (!table) return damaged;
  return yield* nameAll(listEntries(layout.value, table, which), dynamic.value, mostBytes);
}

interface Entry {
  readonly name: number;
  readonly isDefined: boolean;
}

/** Elf64_Sym and Elf32_Sym have the section of a symbol, 0 of an undefined one, at different places. */
function listEntries({ isWide, isLittle }: Layout, table: DataView, which: 'all' | 'undefined'): Entry[] {
  const [width, sectionAt] = isWide ? [24, 6] : [16, 14];
  const entries: Entry[] = [];
  for (let at = width; at + width <= table.byteLength; at += width) {
    const name = table.getUint32(at, isLittle);
    const isDefined = table.getUint16(at + sectionAt, isLittle) !== 0;
    if (name !== 0 && !(isDefined && which === 'undefined')) entries.push({ name, isDefined });
  }
  return entries;
}

function* nameAll(
  entries: readonly Entry[],
  { stringsAt, stringBytes }: Dynamic,
  mostBytes: number,
): Reading<Result<Symbols>> {
  if (entries.length === 0) return success(NONE);
  const first = entries.reduce((least, { name }) => Math.min(least, name), stringBytes);
  const last = entries.reduce((most, { name }) => Math.max(most, name), 0);
  // The last name ends before the table does; C++ has names of some thousand characters.
  const bytes = Math.min(stringBytes, last + 65_536) - first;
  if (bytes <= 0) return damaged;
  if (bytes > mostBytes) {
    return failure({ code: 'elf/too-large', message: `names of its symbols have more than ${mostBytes} bytes` });
  }
  const view = yield* take(stringsAt + first, bytes);
  if (!view) return damaged;
  const strings = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const named = { defined: new Set<string>(), undefined: new Set<string>() };
  // Names may share their ends, so that all together can be far longer than the table.
  let left = 4 * bytes + 1024;
  for (const { name, isDefined } of entries) {
    const end = strings.indexOf(0, name - first);
    left -= end - (name - first);
    if (end < 0 || left < 0) return damaged;
    named[isDefined ? 'defined' : 'undefined'].add(pathOfBytes(strings.subarray(name - first, end)));
  }
  return success(named);
}

/** How many symbols the table has: it does not say itself, its hash tables do. */
function* countSymbols(layout: Layout, dynamic: Dynamic, which: 'all' | 'undefined'): Reading<number | undefined> {
  const gnu = offsetOf(layout, valueUnder(dynamic, TAG.gnuHash) ?? -1);
  if (gnu !== undefined) return yield* countOfGnuHash(layout, gnu, which);
  const plain = offsetOf(layout, valueUnder(dynamic, TAG.hash) ?? -1);
  if (plain === undefined) return yield* countOfSections(layout);
  // Of S/390 and Alpha with 64 bits the words of this table have 8 bytes: https://refspecs.linuxfoundation.org/ELF/zSeries/lzsabi0_s390.html
  const isWideHash = layout.isWide && (layout.machine === S390 || layout.machine === ALPHA);
  const head = yield* take(plain, isWideHash ? 16 : 8);
  if (!head) return undefined;
  return isWideHash ? wordAt(layout, head, 8) : head.getUint32(4, layout.isLittle);
}

const [S390, ALPHA] = [22, 0x9026];
const MOST_BUCKETS = 4_000_000;

/** DT_GNU_HASH: counts, a Bloom filter, the first symbol of each bucket, then the chains; the last of a chain has its lowest bit set. */
function* countOfGnuHash(
  { isWide, isLittle }: Layout,
  at: number,
  which: 'all' | 'undefined',
): Reading<number | undefined> {
  const head = yield* take(at, 16);
  if (!head) return undefined;
  const [buckets, first, words] = [0, 4, 8].map((place) => head.getUint32(place, isLittle)) as [number, number, number];
  if (which === 'undefined') return first;
  if (buckets > MOST_BUCKETS) return undefined;
  const bucketsAt = at + 16 + words * (isWide ? 8 : 4);
  const table = yield* take(bucketsAt, 4 * buckets);
  if (!table) return undefined;
  let last = 0;
  for (let place = 0; place < table.byteLength; place += 4) last = Math.max(last, table.getUint32(place, isLittle));
  if (last < first) return first;
  for (let next = last; next - last < MOST_BUCKETS; next += 1) {
    const link = yield* take(bucketsAt + 4 * buckets + 4 * (next - first), 4);
    if (!link) return undefined;
    if (link.getUint32(0, isLittle) & 1) return next + 1;
  }
  return undefined;
}

/** Section headers: SHT_DYNSYM, of which size and size of an entry are told. */
const DYNAMIC_SYMBOLS = 11;
/** Where an Elf64_Ehdr and an Elf64_Shdr, or those of 32 bits, have what is asked. */
const WIDE = { header: 64, table: 40, entry: 58, count: 60, section: 64, size: 32, symbol: 24 };
const NARROW = { header: 52, table: 32, entry: 46, count: 48, section: 40, size: 20, symbol: 16 };

function* countOfSections(layout: Layout): Reading<number | undefined> {
  const { isWide, isLittle } = layout;
  const places = isWide ? WIDE : NARROW;
  const head = yield* take(0, places.header);
  if (head?.getUint16(places.entry, isLittle) !== places.section) return undefined;
  const bytes = places.section * head.getUint16(places.count, isLittle);
  const table = yield* take(wordAt(layout, head, places.table), bytes);
  for (let at = 0; table && at < bytes; at += places.section) {
    if (table.getUint32(at + 4, isLittle) !== DYNAMIC_SYMBOLS) continue;
    return Math.floor(wordAt(layout, table, at + places.size) / places.symbol);
  }
  return undefined;
}
