import type { Result } from '#base';
import { type Elf, readElfParts } from '#formats/elf';
import type { OpenFile } from '#host';

/** What was read of files, by their identity: the inventory reads what the loader would open, by other paths. */
export type ReadObjects = Map<string, Result<Elf>>;

export async function readOnce({ identity, read }: OpenFile, known: ReadObjects): Promise<Result<Elf>> {
  const elf = known.get(identity) ?? (await readElfParts(read));
  known.set(identity, elf);
  return elf;
}
