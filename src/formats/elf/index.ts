export { type Elf, laterVersion, readElf } from './read-elf.ts';
export { rewriteSearch, type SearchEntry } from './rewrite-search.ts';
