import type { Values } from '../draw-figures.ts';
import type { Image } from './image.ts';

/** Seconds until the slowest of `nodes` nodes has written the files: as fast as the archive can be read, or the place written. */
export function unpackSeconds(
  { files, bytes }: Image,
  place: Values<'fileSeconds' | 'bytesPerSecond'>,
  archiveBytesPerSecond: number,
  slowestNode: number,
  nodes: number,
): number {
  const one = files * place.fileSeconds + bytes / Math.min(archiveBytesPerSecond, place.bytesPerSecond);
  return one * (1 + slowestNode * Math.log2(Math.max(1, nodes)));
}
