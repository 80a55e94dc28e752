import type { Seconds } from '#base';

type Happening = (now: Seconds) => void;

interface Entry {
  readonly time: Seconds;
  readonly order: number;
  readonly happening: Happening;
}

const isBefore = (a: Entry, b: Entry) => a.time < b.time || (a.time === b.time && a.order < b.order);

/** Events in order of time; those of one time in the order they were added. A binary heap. */
export class EventQueue {
  readonly #heap: Entry[] = [];
  #added = 0;

  add(time: Seconds, happening: Happening): void {
    const heap = this.#heap;
    const entry = { time, order: this.#added, happening };
    this.#added += 1;
    let place = heap.push(entry) - 1;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = heap[above];
      if (!parent || isBefore(parent, entry)) break;
      heap[place] = parent;
      place = above;
    }
    heap[place] = entry;
  }

  #take(): Entry | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (!last || heap.length === 0) return first;
    let place = 0;
    for (;;) {
      const [left, right] = [heap[2 * place + 1], heap[2 * place + 2]];
      const [child, below] = left && right && isBefore(right, left) ? [right, 2 * place + 2] : [left, 2 * place + 1];
      if (!child || isBefore(last, child)) break;
      heap[place] = child;
      place = below;
    }
    heap[place] = last;
    return first;
  }

  /** Lets everything happen, and what is added meanwhile. */
  run(): void {
    for (let entry = this.#take(); entry; entry = this.#take()) entry.happening(entry.time);
  }
}
