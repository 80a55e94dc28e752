export { type Elf, readElf, readElfParts } from './read-elf.ts';
export { readSymbols, type Symbols } from './read-symbols.ts';
export type { PartReader } from './reading.ts';
export { rewriteSearch, type SearchEntry } from './rewrite-search.ts';
export type { VersionsNeeded } from './versions.ts';
