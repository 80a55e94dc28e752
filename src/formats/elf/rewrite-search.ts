import { failure, pathBytes, type Result, success } from '#base';
import { type Dynamic, type DynamicEntry, readDynamic, TAG, textAt } from './dynamic.ts';
import { type Layout, putSegment, putWord, readLayout, SEGMENT, type Segment, wordAt } from './layout.ts';

/** What is looked for, or where: an entry of DT_NEEDED, all of DT_RPATH or DT_RUNPATH. */
export interface SearchEntry {
  readonly kind: 'needed' | 'rpath' | 'runpath';
  readonly text: string;
}

const KINDS = new Map<number, SearchEntry['kind']>([
  [TAG.needed, 'needed'],
  [TAG.rpath, 'rpath'],
  [TAG.runpath, 'runpath'],
]);

/**
 * Changes where a library looks for others, in a copy. The old strings stay where they are, for others may use their
 * ends: a new string table is put behind the file, in a segment that takes the program header of a note (a note says
 * how the file was made; loaders do not need it). Undefined: nothing was to be changed.
 */
export function rewriteSearch(
  bytes: Uint8Array,
  change: (entry: SearchEntry) => string,
): Result<Uint8Array | undefined> {
  const layout = readLayout(bytes);
  if (!layout.ok) return layout;
  const dynamic = readDynamic(layout.value);
  if (!dynamic.ok) return dynamic;
  const changes = dynamic.value ? listChanges(layout.value, dynamic.value, change) : [];
  if (!dynamic.value || changes.length === 0) return success(undefined);
  const segments = withRoom(layout.value.segments);
  if (!segments) {
    return failure({ code: 'elf/no-room', message: 'it has no note whose program header could be taken' });
  }
  if (!segments.kept.every(isPlausible)) {
    return failure({ code: 'elf/damaged', message: 'its segments are larger than any program' });
  }
  return success(write(bytes, dynamic.value, changes, segments));
}

interface Change {
  readonly entry: DynamicEntry;
  readonly text: string;
}

function listChanges(layout: Layout, dynamic: Dynamic, change: (entry: SearchEntry) => string): Change[] {
  return dynamic.entries.flatMap((entry) => {
    const kind = KINDS.get(entry.tag);
    const text = kind && textAt(layout, dynamic, entry.value);
    if (!kind || text === undefined) return [];
    const changed = change({ kind, text });
    return changed === text ? [] : [{ entry, text: changed }];
  });
}

/** Segments without one note, and the index behind the last that is loaded: loaders want those in order of address. */
function withRoom(segments: readonly Segment[]): { kept: readonly Segment[]; index: number } | undefined {
  const note = segments.findLastIndex(({ type }) => type === SEGMENT.note);
  if (note < 0) return undefined;
  const kept = segments.filter((_, index) => index !== note);
  return { kept, index: kept.findLastIndex(({ type }) => type === SEGMENT.load) + 1 };
}

/** Pages have up to 64 KiB, huge ones 2 MiB; an address beyond 2^47 is the kernel's. */
const MOST_ALIGNMENT = 1 << 21;
const MOST_ADDRESS = 2 ** 47;

const isPlausible = ({ alignment, address, memoryBytes }: Segment): boolean =>
  alignment <= MOST_ALIGNMENT && address + memoryBytes <= MOST_ADDRESS;

const roundUp = (value: number, to: number) => Math.ceil(value / to) * to;

function write(
  bytes: Uint8Array,
  { stringsAt, stringBytes, entries }: Dynamic,
  changes: readonly Change[],
  { kept, index }: { readonly kept: readonly Segment[]; readonly index: number },
): Uint8Array {
  const texts = changes.map(({ text }) => pathBytes(text));
  const tableBytes = stringBytes + texts.reduce((sum, text) => sum + text.length + 1, 0);
  const loaded = kept.filter(({ type }) => type === SEGMENT.load);
  const page = Math.max(4096, ...loaded.map(({ alignment }) => alignment));
  const offset = roundUp(bytes.length, page);
  const address = roundUp(Math.max(...loaded.map((one) => one.address + one.memoryBytes)), page);
  const made = new Uint8Array(offset + tableBytes);
  made.set(bytes);
  made.set(bytes.subarray(stringsAt, stringsAt + stringBytes), offset);
  const again = readLayout(made);
  if (!again.ok) throw new Error('a copy is no longer what it is a copy of');
  const layout = again.value;
  const size = { fileBytes: tableBytes, memoryBytes: tableBytes, alignment: page };
  const table: Segment = { type: SEGMENT.load, flags: READABLE, offset, address, ...size };
  for (const [at, segment] of [...kept.slice(0, index), table, ...kept.slice(index)].entries()) {
    putSegment(layout, at, segment);
  }
  putStrings(layout, changes, texts, offset, stringBytes);
  for (const { tag, value, valueAt } of entries) {
    if (tag === TAG.strings) {
      moveSection(layout, value, { offset, address, bytes: tableBytes });
      putWord(layout, valueAt, address);
    }
    if (tag === TAG.stringBytes) putWord(layout, valueAt, tableBytes);
  }
  return made;
}

/** The new strings behind the old ones, and their entries' numbers. */
function putStrings(
  layout: Layout,
  changes: readonly Change[],
  texts: readonly Uint8Array[],
  tableAt: number,
  oldBytes: number,
): void {
  const made = new Uint8Array(layout.view.buffer);
  let next = oldBytes;
  for (const [at, { entry }] of changes.entries()) {
    const text = texts[at] ?? new Uint8Array();
    made.set(text, tableAt + next);
    putWord(layout, entry.valueAt, next);
    next += text.length + 1;
  }
}

const READABLE = 4;

/** Tools that read section headers find the new table as well; a loader does not look at them. */
function moveSection(
  layout: Layout,
  from: number,
  to: { readonly offset: number; readonly address: number; readonly bytes: number },
): void {
  const { view, isWide, isLittle } = layout;
  const width = isWide ? 8 : 4;
  const at = wordAt(layout, isWide ? 40 : 32);
  const count = view.getUint16(isWide ? 60 : 48, isLittle);
  const each = isWide ? 64 : 40;
  if (view.getUint16(isWide ? 58 : 46, isLittle) !== each || at + count * each > view.byteLength) return;
  for (let section = at; section < at + count * each; section += each) {
    const addressAt = section + 8 + width;
    if (view.getUint32(section + 4, isLittle) !== STRING_TABLE || wordAt(layout, addressAt) !== from) continue;
    putWord(layout, addressAt, to.address);
    putWord(layout, addressAt + width, to.offset);
    putWord(layout, addressAt + 2 * width, to.bytes);
  }
}

const STRING_TABLE = 3;
