import { failure, laterVersion, pathOfBytes, type Result, success } from '#base';
import { type Dynamic, readDynamic, TAG, textAt, valueUnder } from './dynamic.ts';
import { nameFlags } from './flags.ts';
import { type Layout, readLayout, SEGMENT } from './layout.ts';
import { type Notes, readNotes } from './notes.ts';
import { type PartReader, type Reading, readParts, readWhole, take } from './reading.ts';
import { readVersionsDefined, readVersionsNeeded, type VersionsNeeded } from './versions.ts';

/** What the dynamic loader reads in a program or library before it runs. */
export interface Elf extends Notes {
  /** `e_machine` of the ELF header. */
  readonly machine: number;
  readonly bits: 32 | 64;
  readonly order: 'little' | 'big';
  /** `shared`: a library, an extension module, or a program that may stand anywhere. */
  readonly type: 'relocatable' | 'executable' | 'shared' | 'core' | 'other';
  /** The loader that a program asks for. */
  readonly interpreter?: string;
  readonly soname?: string;
  readonly needed: readonly string[];
  /** DT_RPATH and DT_RUNPATH, entries with `:` between them. */
  readonly rpath?: string;
  readonly runpath?: string;
  /** Bits of DT_FLAGS and DT_FLAGS_1 by name, as `NODEFLIB`. */
  readonly flags: readonly string[];
  readonly versionsNeeded: readonly VersionsNeeded[];
  readonly versionsDefined: readonly string[];
  /** The greatest version of glibc's symbols that it needs, as `2.28`. */
  readonly glibc?: string;
}

const TYPES = ['other', 'relocatable', 'executable', 'shared', 'core'] as const;

/** Reads what a loader would, without trusting it: sizes and offsets are checked, nothing is followed twice. */
export function readElf(bytes: Uint8Array): Result<Elf> {
  return readWhole(bytes, reading());
}

/** The same of a file that is read by ranges: some pages of it, however long it is. A failure of `read` ends it. */
export function readElfParts(read: PartReader): Promise<Result<Elf>> {
  return readParts(read, reading());
}

function* reading(): Reading<Result<Elf>> {
  const read = yield* readLayout();
  if (!read.ok) return read;
  const layout = read.value;
  const dynamic = yield* readDynamic(layout);
  if (!dynamic.ok) return dynamic;
  const interpreter = yield* readInterpreter(layout);
  const ours = {
    machine: layout.machine,
    bits: layout.isWide ? (64 as const) : (32 as const),
    order: layout.isLittle ? ('little' as const) : ('big' as const),
    type: TYPES[layout.type] ?? ('other' as const),
    ...(interpreter === undefined ? {} : { interpreter }),
    ...(yield* readNotes(layout)),
  };
  if (!dynamic.value) return success({ ...ours, needed: [], flags: [], versionsNeeded: [], versionsDefined: [] });
  const told = yield* tellDynamic(layout, dynamic.value);
  return told.ok ? success({ ...ours, ...told.value }) : told;
}

/** A path, not more. */
const MOST_INTERPRETER = 4096;

function* readInterpreter({ segments }: Layout): Reading<string | undefined> {
  const segment = segments.find(({ type }) => type === SEGMENT.interpreter);
  if (!segment || segment.fileBytes > MOST_INTERPRETER) return undefined;
  const view = yield* take(segment.offset, segment.fileBytes);
  if (!view) return undefined;
  const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
  const end = bytes.indexOf(0);
  return end > 0 ? pathOfBytes(bytes.subarray(0, end)) : undefined;
}

type Told = Pick<
  Elf,
  'soname' | 'needed' | 'rpath' | 'runpath' | 'flags' | 'versionsNeeded' | 'versionsDefined' | 'glibc'
>;

function* tellDynamic(layout: Layout, dynamic: Dynamic): Reading<Result<Told>> {
  const needed: string[] = [];
  for (const { tag, value } of dynamic.entries) {
    const name = tag === TAG.needed ? yield* textAt(dynamic, value) : '';
    if (name === undefined) return failure({ code: 'elf/damaged', message: 'a name is not in its string table' });
    if (tag === TAG.needed) needed.push(name);
  }
  const single: { soname?: string; rpath?: string; runpath?: string } = {};
  for (const kind of ['soname', 'rpath', 'runpath'] as const) {
    const at = valueUnder(dynamic, TAG[kind]);
    const text = at === undefined ? undefined : yield* textAt(dynamic, at);
    if (text !== undefined) single[kind] = text;
  }
  const versionsNeeded = yield* readVersionsNeeded(layout, dynamic);
  const glibc = greatestGlibc(versionsNeeded);
  return success({
    ...{ needed, ...single, versionsNeeded, versionsDefined: yield* readVersionsDefined(layout, dynamic) },
    flags: nameFlags(valueUnder(dynamic, TAG.flags) ?? 0, valueUnder(dynamic, TAG.flags1) ?? 0),
    ...(glibc === undefined ? {} : { glibc }),
  });
}

function greatestGlibc(needs: readonly VersionsNeeded[]): string | undefined {
  const versions = needs.flatMap(({ versions: names }) =>
    names.map((name) => /^GLIBC_(\d{1,3}(?:\.\d{1,3}){1,2})$/.exec(name)?.[1]),
  );
  return versions.reduce<string | undefined>((greatest, one) => laterVersion(greatest, one), undefined);
}
