import { failure, type Result } from '#base';

/** A piece of a file that a reader needs next. */
export interface Part {
  readonly offset: number;
  readonly bytes: number;
}

/** Reads a file piece by piece: asks for a part, is given it (shorter where the file ends), goes on. Who drives it does the reading. */
export type Reading<Value> = Generator<Part, Value, DataView>;

/** At most so many bytes from this offset of a file; fewer where it ends. */
export type PartReader = (offset: number, bytes: number) => Promise<Result<Uint8Array>>;

const viewOf = (bytes: Uint8Array, from: number, to: number) => {
  const part = bytes.subarray(from, to);
  return new DataView(part.buffer, part.byteOffset, part.byteLength);
};

/** Drives a reading of bytes that are here. */
export function readWhole<Value>(bytes: Uint8Array, reading: Reading<Value>): Value {
  let step = reading.next();
  while (!step.done) {
    const { offset, bytes: wanted } = step.value;
    step = reading.next(viewOf(bytes, offset, offset + wanted));
  }
  return step.value;
}

/** What a disk reads at once anyway. */
const PAGE = 4096;
/** A reader goes round in circles, or the file was made to make it. */
const MOST_REQUESTS = 20_000;
const MOST_KEPT = 64;

interface Kept {
  readonly offset: number;
  readonly bytes: Uint8Array;
  /** The file ends behind it. */
  readonly isLast: boolean;
}

function find(kept: readonly Kept[], { offset, bytes: wanted }: Part): DataView | undefined {
  const inside = kept.find(
    (one) => offset >= one.offset && (one.isLast || offset + wanted <= one.offset + one.bytes.length),
  );
  return inside && viewOf(inside.bytes, offset - inside.offset, offset - inside.offset + wanted);
}

/** Drives a reading of a file by ranges: whole pages, each asked for once. */
export async function readParts<Value>(read: PartReader, reading: Reading<Result<Value>>): Promise<Result<Value>> {
  const kept: Kept[] = [];
  let step = reading.next();
  for (let requests = 0; !step.done; ) {
    const known = find(kept, step.value);
    if (known) {
      step = reading.next(known);
      continue;
    }
    requests += 1;
    if (requests > MOST_REQUESTS) return failure({ code: 'elf/damaged', message: 'its parts are strewn all over it' });
    const from = Math.floor(step.value.offset / PAGE) * PAGE;
    const to = Math.ceil((step.value.offset + step.value.bytes) / PAGE) * PAGE;
    const part = await read(from, to - from);
    if (!part.ok) return part;
    kept.unshift({ offset: from, bytes: part.value, isLast: part.value.length < to - from });
    if (kept.length > MOST_KEPT) kept.pop();
  }
  return step.value;
}

/** A part that has to be there as a whole; undefined where the file ends before. */
export function* take(offset: number, bytes: number): Reading<DataView | undefined> {
  if (!Number.isSafeInteger(offset) || offset < 0 || !Number.isSafeInteger(bytes) || bytes < 0) return undefined;
  if (!Number.isSafeInteger(offset + bytes)) return undefined;
  const view = yield { offset, bytes };
  return view.byteLength < bytes ? undefined : view;
}
