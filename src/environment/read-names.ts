import { readSymbols, type Symbols } from '#formats/elf';
import type { Host } from '#host';

/** Names of symbols of one file: the largest libraries of machine learning have less. */
const MOST_SYMBOL_BYTES = 1 << 26;

/** Dynamic symbols of a file; undefined where it cannot be read. */
export async function readNames(host: Host, path: string, which: 'all' | 'undefined'): Promise<Symbols | undefined> {
  const read = await host.within(path, ({ read: part }) => readSymbols(part, which, MOST_SYMBOL_BYTES));
  return read.ok && read.value.ok ? read.value.value : undefined;
}
