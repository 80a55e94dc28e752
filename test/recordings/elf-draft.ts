// A small ELF file, put together by hand for tests.

export interface ElfDraft {
  readonly bits?: 32 | 64;
  readonly order?: 'little' | 'big';
  readonly needed?: readonly string[];
  readonly rpath?: string;
  readonly runpath?: string;
  readonly soname?: string;
  /** Versions of symbols that it needs of its first library. */
  readonly versions?: readonly string[];
  /** Dynamic symbols that it wants of others, and has itself. */
  readonly symbols?: readonly string[];
  readonly defined?: readonly string[];
  /** One of the maker of the file; none; one that is read when it runs. */
  readonly note?: 'GNU' | 'none' | 'Qt';
  readonly isProgram?: boolean;
  /** The loader that the program asks for; at most 90 characters. */
  readonly interpreter?: string;
  /** Of what is loaded. */
  readonly alignment?: number;
}

const TAGS = { needed: 1, strings: 5, stringBytes: 10, soname: 14, rpath: 15, runpath: 29 };
const [VERSIONS, VERSION_COUNT] = [0x6ffffffe, 0x6fffffff];
const [HASH, SYMBOLS] = [4, 6];
const BASE = 0x200000;

const [DYNAMIC_AT, VERSIONS_AT, STRINGS_AT, HEADERS_AT] = [512, 1024, 2048, 64];
const [NOTE_AT, PROGRAM_AT] = [3000, 3100];
const [HASH_AT, SYMBOLS_AT] = [3200, 3300];

type Pair = readonly [tag: number, value: number];

/** Puts numbers of the file's width and byte order. */
function pen(bytes: Uint8Array, bits: 32 | 64, little: boolean) {
  const view = new DataView(bytes.buffer);
  const full = (at: number, value: number) => view.setUint32(at, value, little);
  return {
    ...{ bits, full, width: bits / 8 },
    half: (at: number, value: number) => view.setUint16(at, value, little),
    word: (at: number, value: number) => (bits === 64 ? view.setBigUint64(at, BigInt(value), little) : full(at, value)),
  };
}
type Pen = ReturnType<typeof pen>;

export function draftElf({
  bits = 64,
  order = 'little',
  versions = [],
  note = 'GNU',
  interpreter = '',
  isProgram = interpreter !== '',
  alignment = 4096,
  ...names
}: ElfDraft): Uint8Array {
  const bytes = new Uint8Array(4096);
  const write = pen(bytes, bits, order === 'little');
  let table = '\0';
  const text = (value: string) => {
    const at = table.length;
    table += `${value}\0`;
    return at;
  };
  const dynamic: Pair[] = [
    ...nameEntries(names, text),
    ...putVersions(write, versions, text),
    ...putSymbols(write, names, text),
  ];
  dynamic.push([TAGS.strings, BASE + STRINGS_AT], [TAGS.stringBytes, table.length], [0, 0]);
  for (const [index, [tag, value]] of dynamic.entries()) {
    write.word(DYNAMIC_AT + 2 * write.width * index, tag);
    write.word(DYNAMIC_AT + 2 * write.width * index + write.width, value);
  }
  bytes.set(new TextEncoder().encode(table), STRINGS_AT);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, bits === 64 ? 2 : 1, order === 'little' ? 1 : 2, 1]);
  putHeaders(
    write,
    [
      ...(isProgram ? [[3, PROGRAM_AT, interpreter.length + 8] as const] : []),
      ...(note === 'none' ? [] : [[4, NOTE_AT, 20] as const]),
      [1, 0, bytes.length],
      [2, DYNAMIC_AT, dynamic.length * 2 * write.width],
    ],
    alignment,
  );
  putNote(write, bytes, note);
  bytes.set(new TextEncoder().encode(interpreter), PROGRAM_AT);
  return bytes;
}

function putNote({ full }: Pen, bytes: Uint8Array, owner: string): void {
  full(NOTE_AT, owner.length + 1);
  full(NOTE_AT + 4, 4);
  bytes.set(new TextEncoder().encode(owner), NOTE_AT + 12);
}

function nameEntries({ needed = [], ...single }: ElfDraft, text: (value: string) => number): Pair[] {
  const kinds = ['soname', 'rpath', 'runpath'] as const;
  return [
    ...needed.map((name) => [TAGS.needed, text(name)] as const),
    ...kinds.flatMap((kind) => (single[kind] === undefined ? [] : [[TAGS[kind], text(single[kind])] as const])),
  ];
}

function putVersions({ half, full }: Pen, versions: readonly string[], text: (value: string) => number): Pair[] {
  if (versions.length === 0) return [];
  half(VERSIONS_AT, 1);
  half(VERSIONS_AT + 2, versions.length);
  full(VERSIONS_AT + 8, 16);
  for (const [index, version] of versions.entries()) {
    const at = VERSIONS_AT + 16 * (index + 1);
    full(at + 8, text(version));
    full(at + 12, index + 1 < versions.length ? 16 : 0);
  }
  return [
    [VERSIONS, BASE + VERSIONS_AT],
    [VERSION_COUNT, 1],
  ];
}

/** The table, and a hash table of which only the count of symbols is right. */
function putSymbols(
  { bits, half, full }: Pen,
  { symbols = [], defined = [] }: ElfDraft,
  text: (value: string) => number,
): Pair[] {
  const all = [...symbols.map((name) => [name, 0] as const), ...defined.map((name) => [name, 1] as const)];
  if (all.length === 0) return [];
  const [each, sectionAt] = bits === 64 ? [24, 6] : [16, 14];
  full(HASH_AT + 4, all.length + 1);
  for (const [index, [name, section]] of all.entries()) {
    full(SYMBOLS_AT + (index + 1) * each, text(name));
    half(SYMBOLS_AT + (index + 1) * each + sectionAt, section);
  }
  return [
    [HASH, BASE + HASH_AT],
    [SYMBOLS, BASE + SYMBOLS_AT],
  ];
}

function putHeaders(
  write: Pen,
  segments: readonly (readonly [type: number, at: number, size: number])[],
  alignment: number,
): void {
  const { bits, width, half, full, word } = write;
  half(16, 3);
  half(18, 62);
  const headerBytes = bits === 64 ? 56 : 32;
  word(bits === 64 ? 32 : 28, HEADERS_AT);
  half(bits === 64 ? 54 : 42, headerBytes);
  half(bits === 64 ? 56 : 44, segments.length);
  for (const [index, [type, at, size]] of segments.entries()) {
    const head = HEADERS_AT + index * headerBytes;
    full(head, type);
    const words = [at, BASE + at, BASE + at, size, size, ...(bits === 64 ? [alignment] : [4, alignment])];
    if (bits === 64) full(head + 4, 4);
    for (const [position, value] of words.entries()) word(head + width * (position + 1), value);
  }
}
