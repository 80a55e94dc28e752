// Names of files are bytes. As text, a byte that is not of UTF-8 is a lone surrogate, U+DC00 plus the byte, as Python's
// `surrogateescape` writes it (PEP 383): text and bytes turn into each other without loss.

const isEscape = (point: number) => point >= 0xdc80 && point <= 0xdcff;

function pushPoint(point: number, bytes: number[]): void {
  if (point < 0x80) bytes.push(point);
  else if (isEscape(point)) bytes.push(point - 0xdc00);
  else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f));
  else if (point < 0x10000) bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f));
  else {
    bytes.push(
      0xf0 | (point >> 18),
      0x80 | ((point >> 12) & 0x3f),
      0x80 | ((point >> 6) & 0x3f),
      0x80 | (point & 0x3f),
    );
  }
}

/** The bytes of a text that is ASCII, as nearly all are; else undefined. */
function asciiBytes(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x80) return undefined;
    bytes[at] = code;
  }
  return bytes;
}

/** The bytes that a path's text stands for. */
export function pathBytes(path: string): Uint8Array {
  const ascii = asciiBytes(path);
  if (ascii) return ascii;
  const bytes: number[] = [];
  for (const character of path) pushPoint(character.codePointAt(0) ?? 0, bytes);
  return Uint8Array.from(bytes);
}

/** Least code point of a sequence of so many bytes: a longer one than needed is not UTF-8. */
const LEAST = [0, 0, 0x80, 0x800, 0x10000];

function sequenceLength(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/** The code point that begins at `at`, and how many bytes it takes; undefined where that is not UTF-8. */
function pointAt(bytes: Uint8Array, at: number): readonly [point: number, length: number] | undefined {
  const first = bytes[at] ?? 0;
  const length = sequenceLength(first);
  if (length === 1) return [first, 1];
  if (length === 0 || at + length > bytes.length) return undefined;
  let point = first & (0x7f >> length);
  for (let next = at + 1; next < at + length; next += 1) {
    const byte = bytes[next] ?? 0;
    if ((byte & 0xc0) !== 0x80) return undefined;
    point = (point << 6) | (byte & 0x3f);
  }
  const isSurrogate = point >= 0xd800 && point <= 0xdfff;
  return point < (LEAST[length] ?? 0) || point > 0x10ffff || isSurrogate ? undefined : [point, length];
}

/** The text that stands for a path's bytes. */
export function pathOfBytes(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; ) {
    const found = pointAt(bytes, at);
    text += String.fromCodePoint(found?.[0] ?? 0xdc00 + (bytes[at] ?? 0));
    at += found?.[1] ?? 1;
  }
  return text;
}
