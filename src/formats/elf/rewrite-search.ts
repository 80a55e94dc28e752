import { pathBytes, type Result, success } from '#base';
import { type Dynamic, type DynamicEntry, readDynamic, TAG, textAt } from './dynamic.ts';
import { putWord, readLayout, type WholeFile, wordAt } from './layout.ts';
import { type Reading, readWhole } from './reading.ts';
import { findRoom, putSegments, type Room } from './room.ts';

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
 * Changes where a program or library looks for others, in a copy. The old strings stay where they are, for others may use
 * their ends: a new string table is put behind the file, in a segment of its own. Undefined: nothing was to be changed.
 */
export function rewriteSearch(
  bytes: Uint8Array,
  change: (entry: SearchEntry) => string,
): Result<Uint8Array | undefined> {
  const layout = readWhole(bytes, readLayout());
  if (!layout.ok) return layout;
  const dynamic = readWhole(bytes, readDynamic(layout.value));
  if (!dynamic.ok) return dynamic;
  const changes = dynamic.value ? readWhole(bytes, listChanges(dynamic.value, change)) : [];
  if (!dynamic.value || changes.length === 0) return success(undefined);
  const file = { ...layout.value, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
  const room = findRoom(file);
  if (!room.ok) return room;
  return success(write(file, dynamic.value, changes, room.value));
}

interface Change {
  readonly entry: DynamicEntry;
  readonly text: string;
}

function* listChanges(dynamic: Dynamic, change: (entry: SearchEntry) => string): Reading<Change[]> {
  const changes: Change[] = [];
  for (const entry of dynamic.entries) {
    const kind = KINDS.get(entry.tag);
    const text = kind && (yield* textAt(dynamic, entry.value));
    if (!kind || text === undefined) continue;
    const changed = change({ kind, text });
    if (changed !== text) changes.push({ entry, text: changed });
  }
  return changes;
}

function write(
  layout: WholeFile,
  dynamic: Dynamic,
  changes: readonly Change[],
  { segments, at, isMoved }: Room,
): Uint8Array {
  const { stringsAt, stringBytes, entries } = dynamic;
  const old = new Uint8Array(layout.view.buffer, layout.view.byteOffset, layout.view.byteLength);
  const texts = changes.map(({ text }) => pathBytes(text));
  const tableBytes = stringBytes + texts.reduce((sum, text) => sum + text.length + 1, 0);
  const headerBytes = isMoved ? segments.length * layout.segmentBytes : 0;
  const made = new Uint8Array(at.offset + headerBytes + tableBytes);
  made.set(old);
  made.set(old.subarray(stringsAt, stringsAt + stringBytes), at.offset + headerBytes);
  const copy = { ...layout, view: new DataView(made.buffer) };
  putSegments(copy, segments, { ...at, bytes: headerBytes + tableBytes }, isMoved);
  putStrings(copy, changes, texts, at.offset + headerBytes, stringBytes);
  const table = { offset: at.offset + headerBytes, address: at.address + headerBytes, bytes: tableBytes };
  for (const { tag, value, valueAt } of entries) {
    if (tag === TAG.strings) {
      moveSection(copy, value, table);
      putWord(copy, valueAt, table.address);
    }
    if (tag === TAG.stringBytes) putWord(copy, valueAt, tableBytes);
  }
  return made;
}

/** The new strings behind the old ones, and their entries' numbers. */
function putStrings(
  layout: WholeFile,
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

/** Tools that read section headers find the new table as well; a loader does not look at them. */
function moveSection(
  layout: WholeFile,
  from: number,
  to: { readonly offset: number; readonly address: number; readonly bytes: number },
): void {
  const { view, isWide, isLittle } = layout;
  const width = isWide ? 8 : 4;
  const at = wordAt(layout, view, isWide ? 40 : 32);
  const count = view.getUint16(isWide ? 60 : 48, isLittle);
  const each = isWide ? 64 : 40;
  if (view.getUint16(isWide ? 58 : 46, isLittle) !== each || at + count * each > view.byteLength) return;
  for (let section = at; section < at + count * each; section += each) {
    const addressAt = section + 8 + width;
    if (view.getUint32(section + 4, isLittle) !== STRING_TABLE || wordAt(layout, view, addressAt) !== from) continue;
    putWord(layout, addressAt, to.address);
    putWord(layout, addressAt + width, to.offset);
    putWord(layout, addressAt + 2 * width, to.bytes);
  }
}

const STRING_TABLE = 3;
