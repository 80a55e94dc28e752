/** Enough to keep a shared file system busy, and few open files. */
const AT_ONCE = 8;

/** What `ask` says of each item, in their order; a few at once. */
export async function eachOf<Item, Answer>(
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const waiting = items.entries();
  async function work(): Promise<void> {
    for (const [index, item] of waiting) answers[index] = await ask(item);
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return answers;
}
