export { type Elf, readElf } from './read-elf.ts';
export { rewriteSearch, type SearchEntry } from './rewrite-search.ts';
