export { TAR_END_BYTES, type TarEntry, tarEntry, tarPadding } from './tar-entry.ts';
