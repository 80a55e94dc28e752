/** Numbers the distinct triples of whole numbers below 2^32 in the order in which they are met. */
export interface CellIndex {
  /** The triple's number; equal to `size` before the call when it is new. */
  find(a: number, b: number, c: number): number;
  size(): number;
  triple(index: number): readonly [number, number, number];
}

/** Open addressing over typed arrays: a Map with a million keys beyond 2^31 takes five times as long and the memory. */
export function cellIndex(): CellIndex {
  // Seeded, so that no recording can be made whose triples all collide.
  const seed = Math.trunc(Math.random() * 2 ** 32);
  let slots = new Uint32Array(1 << 11);
  let triples = new Uint32Array(3 << 10);
  let size = 0;

  function firstSlot(a: number, b: number, c: number): number {
    let hash = seed;
    for (const part of [a, b, c]) {
      hash = Math.imul(hash ^ part, 0x85ebca6b);
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
      hash ^= hash >>> 16;
    }
    return hash & (slots.length - 1);
  }

  /** The slot that holds the triple's number plus one, or the empty one where it belongs. */
  function slotOf(a: number, b: number, c: number): number {
    let slot = firstSlot(a, b, c);
    for (let held = slots[slot]; held; held = slots[slot]) {
      const at = (held - 1) * 3;
      if (triples[at] === a && triples[at + 1] === b && triples[at + 2] === c) return slot;
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  function grow(): void {
    const old = triples;
    triples = new Uint32Array(old.length * 2);
    triples.set(old);
    slots = new Uint32Array(slots.length * 2);
    for (let index = 0; index < size; index += 1) {
      const at = index * 3;
      slots[slotOf(old[at] ?? 0, old[at + 1] ?? 0, old[at + 2] ?? 0)] = index + 1;
    }
  }

  return {
    size: () => size,
    triple: (index) => [triples[index * 3] ?? 0, triples[index * 3 + 1] ?? 0, triples[index * 3 + 2] ?? 0],

    find(a, b, c) {
      if (size * 3 === triples.length) grow();
      const slot = slotOf(a, b, c);
      const held = slots[slot] ?? 0;
      if (held !== 0) return held - 1;
      triples.set([a, b, c], size * 3);
      size += 1;
      slots[slot] = size;
      return size - 1;
    },
  };
}
