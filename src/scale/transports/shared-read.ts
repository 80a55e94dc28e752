import type { FilesystemProfile } from '#schema';
import { type Asked, networkOf } from '../demand.ts';
import type { Values } from '../draw-figures.ts';
import { lastTime } from '../network.ts';
import type { World } from '../worlds.ts';
import type { Image } from './image.ts';

/** One process that reads `files` files in full, none of which its node has seen. */
function askedBy({ files, bytes }: Image, directories: number, { cache }: FilesystemProfile): Asked {
  const opens = cache.opens.value === 0 ? 0 : files;
  const perListing = cache.requestsPerListing.value;
  return {
    metadata: {
      lookup: directories + (cache.openFindsName.value ? 0 : files),
      getattr: 0,
      open: opens + (cache.directoryOpens.value === 0 ? 0 : directories),
      close: cache.closes.value === 'never' ? 0 : opens,
      readdir: directories * perListing,
      readlink: 0,
      change: 0,
    },
    sizes: cache.sizeFromDataServers.value ? files : 0,
    bytes,
    first: files,
    // The last request of a file is not full.
    reads: (requestBytes) => files + bytes / requestBytes,
    writes: () => 0,
  };
}

/**
 * Seconds until the last of `nodes` nodes has read the image from the shared file system, one process on each: the
 * same servers as the start's own, with what others use of them.
 */
export function sharedReadSeconds(
  image: Image,
  moves: 'archive' | 'files',
  profile: FilesystemProfile,
  world: World,
  { readAhead, filesPerDirectory }: Values<'readAhead' | 'filesPerDirectory'>,
  nodes: number,
): number {
  const asked =
    moves === 'archive'
      ? askedBy({ files: 1, bytes: image.bytes }, 0, profile)
      : askedBy(image, image.files / Math.max(1, filesPerDirectory), profile);
  // What is read ahead is under way while the process works on what it has.
  const reader = { ...world, readsWaited: 1 / Math.max(1, readAhead) };
  const size = { nodes, ranksPerNode: 1, jobs: 1, ownSeconds: 0, skew: 0 };
  const closesWaited = profile.cache.closes.value === 'waited';
  return lastTime(networkOf({ rank: asked, node: asked }, reader, closesWaited, size).load) * world.error;
}
