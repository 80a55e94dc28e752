import type { TreeTransport } from '#knowledge';
import type { Values } from '../draw-figures.ts';

/**
 * Seconds until the last of `nodes` nodes has a file of `bytes`. A node that has a block passes it on to as many others
 * as the fan-out says, so levels grow with the logarithm of the nodes; copies of one node share its link.
 */
export function treeSeconds(figures: Values<keyof TreeTransport['figures']>, bytes: number, nodes: number): number {
  const { startSeconds, levelSeconds, blockBytes, streamBytesPerSecond, linkBytesPerSecond } = figures;
  if (nodes <= 1) return startSeconds;
  const fanOut = Math.max(1, figures.fanOut);
  const copies = Math.min(fanOut, nodes - 1);
  const levels = Math.max(1, Math.log(nodes) / Math.log(fanOut + 1));
  const blocks = 1 + bytes / blockBytes;
  const moving = bytes * Math.max(1 / streamBytesPerSecond, copies / linkBytesPerSecond);
  return startSeconds + levels * (moving + blocks * levelSeconds);
}
