export { readTarHeader, type TarHeader } from './read-tar-header.ts';
export { TAR_BLOCK_BYTES, TAR_END_BYTES, type TarEntry, tarEntry, tarPadding } from './tar-entry.ts';
