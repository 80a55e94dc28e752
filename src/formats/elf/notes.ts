import { type Layout, SEGMENT, type Segment } from './layout.ts';
import { type Reading, take } from './reading.ts';

/** What notes tell of how a file was made and what it asks of a machine. */
export interface Notes {
  /** In hexadecimal digits. */
  readonly buildId?: string;
  /** The system it is for, and the oldest kernel it runs on. */
  readonly abi?: { readonly system: string; readonly version: string };
  /** Levels of the x86-64 psABI that it says it must have, as `x86-64-v3`; most files say nothing. */
  readonly isaNeeded?: readonly string[];
  /** Of AArch64: `BTI`, `PAC`, `GCS`. Of x86: `IBT`, `SHSTK`. */
  readonly protections?: readonly string[];
}

const [ABI_TAG, BUILD_ID, PROPERTIES] = [1, 3, 5];
const SYSTEMS = ['Linux', 'Hurd', 'Solaris', 'FreeBSD', 'NetBSD', 'Syllable', 'NaCl'];
/** https://gitlab.com/x86-psABIs/x86-64-ABI, "Program Property"; https://github.com/ARM-software/abi-aa, "AArch64 program property". */
const PROPERTY = { isaNeeded: 0xc0008002, x86Features: 0xc0000002, armFeatures: 0xc0000000 } as const;
const LEVELS = ['x86-64-baseline', 'x86-64-v2', 'x86-64-v3', 'x86-64-v4'];
const AARCH64 = 183;
/** 'GNU' and a zero. */
const GNU = 0x474e5500;
const MOST_NOTE_BYTES = 65_536;

const namesOf = (bits: number, names: readonly string[]) => names.filter((_, index) => bits & (1 << index));
const roundUp = (value: number, to: number) => Math.ceil(value / to) * to;

interface Note {
  readonly type: number;
  readonly description: DataView;
}

/** The notes of GNU in a segment: sizes of name and description, type, then both, padded. */
function* listGnu({ isLittle }: Layout, view: DataView, alignment: number): Generator<Note> {
  let at = 0;
  while (at + 12 <= view.byteLength) {
    const [nameBytes, bytes] = [view.getUint32(at, isLittle), view.getUint32(at + 4, isLittle)];
    const start = at + roundUp(12 + nameBytes, alignment);
    if (start + bytes > view.byteLength) return;
    if (nameBytes === 4 && view.getUint32(at + 12) === GNU) {
      const description = new DataView(view.buffer, view.byteOffset + start, bytes);
      yield { type: view.getUint32(at + 8, isLittle), description };
    }
    at = start + roundUp(bytes, alignment);
  }
}

function tellAbi({ isLittle }: Layout, { description }: Note): Notes['abi'] {
  if (description.byteLength < 16) return undefined;
  const [system, ...version] = [0, 4, 8, 12].map((at) => description.getUint32(at, isLittle));
  const name = SYSTEMS[system ?? -1];
  return name === undefined ? undefined : { system: name, version: version.join('.') };
}

function tellProperties(layout: Layout, { description }: Note): Notes {
  const { isLittle, isWide, machine } = layout;
  const features = machine === AARCH64 ? PROPERTY.armFeatures : PROPERTY.x86Features;
  const told: { isaNeeded?: string[]; protections?: string[] } = {};
  for (let at = 0; at + 12 <= description.byteLength; ) {
    const type = description.getUint32(at, isLittle);
    const bits = description.getUint32(at + 8, isLittle);
    const isaNeeded = type === PROPERTY.isaNeeded ? namesOf(bits, LEVELS) : [];
    const protections =
      type === features ? namesOf(bits, machine === AARCH64 ? ['BTI', 'PAC', 'GCS'] : ['IBT', 'SHSTK']) : [];
    if (isaNeeded.length > 0) told.isaNeeded = isaNeeded;
    if (protections.length > 0) told.protections = protections;
    at += 8 + roundUp(description.getUint32(at + 4, isLittle), isWide ? 8 : 4);
  }
  return told;
}

function tellNote(layout: Layout, note: Note): Notes {
  if (note.type === ABI_TAG) {
    const abi = tellAbi(layout, note);
    return abi ? { abi } : {};
  }
  if (note.type === PROPERTIES) return tellProperties(layout, note);
  if (note.type !== BUILD_ID || note.description.byteLength > 64) return {};
  const digits = Array.from({ length: note.description.byteLength }, (_, at) =>
    note.description.getUint8(at).toString(16).padStart(2, '0'),
  );
  return { buildId: digits.join('') };
}

function* readSegment(layout: Layout, segment: Segment): Reading<Notes> {
  const view = yield* take(segment.offset, Math.min(segment.fileBytes, MOST_NOTE_BYTES));
  if (!view) return {};
  const notes = [...listGnu(layout, view, segment.alignment === 8 ? 8 : 4)];
  return Object.assign({}, ...notes.map((note) => tellNote(layout, note)));
}

/** The notes that stand in segments of their own: stripping leaves these. */
export function* readNotes(layout: Layout): Reading<Notes> {
  let notes: Notes = {};
  for (const segment of layout.segments) {
    if (segment.type === SEGMENT.note) notes = { ...notes, ...(yield* readSegment(layout, segment)) };
  }
  return notes;
}
