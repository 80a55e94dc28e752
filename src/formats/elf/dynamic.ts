import { failure, pathOfBytes, type Result, success } from '#base';
import { hasRoom, type Layout, offsetOf, SEGMENT, wordAt } from './layout.ts';

/** Tags of the dynamic section: the System V ABI, and glibc's elf.h for the versions. */
export const TAG = {
  needed: 1,
  strings: 5,
  stringBytes: 10,
  soname: 14,
  rpath: 15,
  runpath: 29,
  versionsNeeded: 0x6ffffffe,
  versionsNeededCount: 0x6fffffff,
} as const;

export interface DynamicEntry {
  readonly tag: number;
  readonly value: number;
  /** Where its value stands in the file. */
  readonly valueAt: number;
}

export interface Dynamic {
  readonly entries: readonly DynamicEntry[];
  /** Where the string table stands in the file, and how long it is. */
  readonly stringsAt: number;
  readonly stringBytes: number;
  /** How much of it may still be read: a thousand entries may name one long string. */
  readonly budget: { bytes: number };
}

const MOST_ENTRIES = 10_000;

/** The dynamic section; undefined where there is none, as in a static program. */
export function readDynamic(layout: Layout): Result<Dynamic | undefined> {
  const segment = layout.segments.find(({ type }) => type === SEGMENT.dynamic);
  if (!segment) return success(undefined);
  const entries = entriesOf(layout, segment.offset, segment.fileBytes);
  const ofTag = (wanted: number) => entries?.find(({ tag }) => tag === wanted)?.value;
  const stringsAt = offsetOf(layout, ofTag(TAG.strings) ?? -1);
  const stringBytes = ofTag(TAG.stringBytes);
  if (!entries || stringsAt === undefined || stringBytes === undefined || !hasRoom(layout, stringsAt, stringBytes)) {
    return failure({ code: 'elf/damaged', message: 'its dynamic section is not in the file' });
  }
  return success({ entries, stringsAt, stringBytes, budget: { bytes: MOST_TEXTS } });
}

function entriesOf(layout: Layout, at: number, bytes: number): DynamicEntry[] | undefined {
  if (!hasRoom(layout, at, bytes)) return undefined;
  const width = layout.isWide ? 8 : 4;
  const entries: DynamicEntry[] = [];
  for (let next = at; next + 2 * width <= at + bytes && entries.length < MOST_ENTRIES; next += 2 * width) {
    const tag = wordAt(layout, next);
    if (tag === 0) break;
    entries.push({ tag, value: wordAt(layout, next + width), valueAt: next + width });
  }
  return entries;
}

/** More than any path: what is longer ends nowhere. */
const MOST_TEXT = 65_536;
/** More than all names and search paths of a library with thousands of dependencies. */
const MOST_TEXTS = 1024 * 1024;

/** A string of the table, as path text. */
export function textAt(
  { view }: Layout,
  { stringsAt, stringBytes, budget }: Dynamic,
  index: number,
): string | undefined {
  if (index >= stringBytes) return undefined;
  const rest = new Uint8Array(
    view.buffer,
    view.byteOffset + stringsAt + index,
    Math.min(stringBytes - index, MOST_TEXT),
  );
  const end = rest.indexOf(0);
  budget.bytes -= end;
  return end < 0 || budget.bytes < 0 ? undefined : pathOfBytes(rest.subarray(0, end));
}
