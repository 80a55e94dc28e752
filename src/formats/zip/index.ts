export {
  type ByteRange,
  findZipDirectory,
  readZipContent,
  readZipDirectory,
  ZIP_HEADER_BYTES,
  ZIP_TAIL_BYTES,
  type ZipEntry,
} from './read-zip-directory.ts';
