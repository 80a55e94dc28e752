/** Where `wanted` begins in `bytes`, each place once. */
export function findBytes(bytes: Uint8Array, wanted: Uint8Array): number[] {
  const found: number[] = [];
  const [first = 0] = wanted;
  for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
    if (at + wanted.length > bytes.length) break;
    if (isAt(bytes, wanted, at)) found.push(at);
  }
  return found;
}

function isAt(bytes: Uint8Array, wanted: Uint8Array, at: number): boolean {
  // The ends of paths differ sooner than their beginnings.
  for (let index = wanted.length - 1; index > 0; index -= 1) if (bytes[at + index] !== wanted[index]) return false;
  return true;
}
