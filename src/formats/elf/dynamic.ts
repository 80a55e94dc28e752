import { failure, pathOfBytes, type Result, success } from '#base';
import { type Layout, offsetOf, SEGMENT, wordAt } from './layout.ts';
import { type Reading, take } from './reading.ts';

/** Tags of the dynamic section: the System V ABI, and glibc's elf.h for the versions. */
export const TAG = {
  needed: 1,
  hash: 4,
  strings: 5,
  symbols: 6,
  stringBytes: 10,
  soname: 14,
  rpath: 15,
  runpath: 29,
  flags: 30,
  gnuHash: 0x6ffffef5,
  flags1: 0x6ffffffb,
  versionsDefined: 0x6ffffffc,
  versionsDefinedCount: 0x6ffffffd,
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

/** The value of the first entry with this tag. */
export const valueUnder = ({ entries }: Pick<Dynamic, 'entries'>, wanted: number): number | undefined =>
  entries.find(({ tag }) => tag === wanted)?.value;

/** The dynamic section; undefined where there is none, as in a static program or a file of debug information alone. */
export function* readDynamic(layout: Layout): Reading<Result<Dynamic | undefined>> {
  const segment = layout.segments.find(({ type }) => type === SEGMENT.dynamic);
  if (!segment || segment.fileBytes === 0) return success(undefined);
  const entries = yield* readEntries(layout, segment.offset, segment.fileBytes);
  const stringsAt = entries && offsetOf(layout, valueUnder({ entries }, TAG.strings) ?? -1);
  const stringBytes = entries && valueUnder({ entries }, TAG.stringBytes);
  if (
    !entries ||
    stringsAt === undefined ||
    stringBytes === undefined ||
    !Number.isSafeInteger(stringsAt + stringBytes)
  ) {
    return failure({ code: 'elf/damaged', message: 'its dynamic section is not in the file' });
  }
  // The table is read where a string is wanted: with a large library's symbols it has millions of bytes.
  const last = stringBytes === 0 ? undefined : yield* take(stringsAt + stringBytes - 1, 1);
  if (stringBytes > 0 && !last) {
    return failure({ code: 'elf/damaged', message: 'its string table is not in the file' });
  }
  return success({ entries, stringsAt, stringBytes, budget: { bytes: MOST_TEXTS } });
}

function* readEntries(layout: Layout, at: number, bytes: number): Reading<DynamicEntry[] | undefined> {
  const width = layout.isWide ? 8 : 4;
  const view = yield* take(at, Math.min(bytes, MOST_ENTRIES * 2 * width));
  if (!view) return undefined;
  const entries: DynamicEntry[] = [];
  for (let next = 0; next + 2 * width <= view.byteLength; next += 2 * width) {
    const tag = wordAt(layout, view, next);
    if (tag === 0) break;
    entries.push({ tag, value: wordAt(layout, view, next + width), valueAt: at + next + width });
  }
  return entries;
}

/** More than any path: what is longer ends nowhere. */
const MOST_TEXT = 65_536;
/** More than all names and search paths of a library with thousands of dependencies. */
const MOST_TEXTS = 1024 * 1024;
/** Most names are shorter. */
const USUAL_TEXT = 256;

/** A string of the table, as path text. */
export function* textAt({ stringsAt, stringBytes, budget }: Dynamic, index: number): Reading<string | undefined> {
  for (const most of [USUAL_TEXT, MOST_TEXT]) {
    const bytes = Math.min(stringBytes - index, most);
    const view = bytes > 0 ? yield* take(stringsAt + index, bytes) : undefined;
    if (!view) return undefined;
    const rest = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
    const end = rest.indexOf(0);
    budget.bytes -= end < 0 ? most : end;
    if (budget.bytes < 0) return undefined;
    if (end >= 0) return pathOfBytes(rest.subarray(0, end));
  }
  return undefined;
}
