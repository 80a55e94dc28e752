/** At once under way: enough to keep a server of a shared file system busy, few enough to be polite. */
const MOST_AT_ONCE = 16;
const MOST_BYTES_AT_ONCE = 512 * 1024 * 1024;

/** Does the work of several items at once, and gives what comes of it in their order. */
export async function* inOrder<Item, Made>(
  items: readonly Item[],
  bytesOf: (item: Item) => number,
  work: (item: Item) => Promise<Made>,
): AsyncGenerator<readonly [Item, Made]> {
  const begun: { readonly item: Item; readonly bytes: number; readonly made: Promise<Made> }[] = [];
  let next = 0;
  let bytesBegun = 0;
  const begin = () => {
    for (;;) {
      const item = items[next];
      if (item === undefined || begun.length >= MOST_AT_ONCE) return;
      const bytes = bytesOf(item);
      if (begun.length > 0 && bytesBegun + bytes > MOST_BYTES_AT_ONCE) return;
      next += 1;
      bytesBegun += bytes;
      const made = work(item);
      // Whoever waits for it hears of it; until then nobody does.
      made.catch(() => {});
      begun.push({ item, bytes, made });
    }
  };
  begin();
  for (let first = begun.shift(); first; first = begun.shift()) {
    const made = await first.made;
    bytesBegun -= first.bytes;
    begin();
    yield [first.item, made];
  }
}
