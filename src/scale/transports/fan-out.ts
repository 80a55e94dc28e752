import type { FanOutTransport } from '#knowledge';
import type { Values } from '../draw-figures.ts';
import type { Image } from './image.ts';

/**
 * Seconds until the last of `nodes` nodes has a copy of a tree of files that one node has: as a tree while there are
 * workers for all copies, then in turns, which grow with the nodes themselves.
 */
export function fanOutSeconds(
  figures: Values<keyof FanOutTransport['figures']>,
  { files, bytes }: Image,
  nodes: number,
): number {
  const { startSeconds, connectSeconds, fileSeconds, streamBytesPerSecond, linkBytesPerSecond } = figures;
  if (nodes <= 1) return startSeconds;
  const fanOut = Math.max(1, figures.fanOut);
  const copies = Math.min(fanOut, nodes - 1);
  const one =
    connectSeconds + files * fileSeconds + bytes * Math.max(1 / streamBytesPerSecond, copies / linkBytesPerSecond);
  const levels = Math.max(1, Math.log(nodes) / Math.log(fanOut + 1));
  return startSeconds + one * Math.max(levels, (nodes - 1) / Math.max(1, figures.workers));
}
