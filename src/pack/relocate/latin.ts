/** Bytes as text of one character each, and back: whatever they are encoded in, ASCII stands out and the rest is kept. */
export function latinOf(bytes: Uint8Array): string {
  let text = '';
  const PIECE = 8192;
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return text;
}

export function bytesOfLatin(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}
