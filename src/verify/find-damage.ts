import { pathOfBytes } from '#base';
import { readTarHeader, TAR_BLOCK_BYTES, type TarHeader } from '#formats/tar';
import type { ImageLayer, ImageManifest } from '#schema';
import type { Machine } from './machine.ts';

/** More than any environment has; bounds a walk through a hostile archive. */
const MOST_ENTRIES = 2_000_000;
const LONGEST_NAME = 65_536;

const blocks = (bytes: number) => Math.ceil(bytes / TAR_BLOCK_BYTES) * TAR_BLOCK_BYTES;

interface Walk {
  readonly launch: string;
  readonly digests: ReadonlyMap<string, string>;
  readonly machine: Machine;
}

async function headerAt(offset: number, { launch, machine }: Walk): Promise<TarHeader | undefined> {
  const block = await machine.readRange(launch, { offset, bytes: TAR_BLOCK_BYTES });
  return block.ok ? readTarHeader(block.value) : undefined;
}

/** The name that an entry's content gives to the one that follows. */
async function longName(offset: number, { bytes }: TarHeader, { launch, machine }: Walk): Promise<string | undefined> {
  if (bytes > LONGEST_NAME) return undefined;
  const read = await machine.readRange(launch, { offset, bytes });
  return read.ok ? pathOfBytes(read.value.subarray(0, Math.max(0, bytes - 1))) : undefined;
}

async function isDamaged(path: string, offset: number, { bytes }: TarHeader, walk: Walk): Promise<boolean> {
  const expected = walk.digests.get(path);
  if (expected === undefined) return false;
  const found = await walk.machine.digest(walk.launch, { offset, bytes });
  return !found.ok || found.value !== expected;
}

/** Files in a layer's archive that are not those of the manifest, up to the place where it cannot be read. */
export async function findDamage(
  launch: string,
  layer: ImageLayer,
  { files }: ImageManifest,
  machine: Machine,
): Promise<string[]> {
  const walk = { launch, digests: new Map(files.map(({ path, digest }) => [path, digest])), machine };
  const damaged: string[] = [];
  let offset = layer.offset;
  let name: string | undefined;
  for (let entries = 0; entries < MOST_ENTRIES && offset < layer.offset + layer.bytes; entries += 1) {
    const header = await headerAt(offset, walk);
    if (!header) break;
    const content = offset + TAR_BLOCK_BYTES;
    if (header.type === 'L') name = await longName(content, header, walk);
    else if (header.type !== 'K') {
      const path = `/${name ?? pathOfBytes(header.name)}`;
      if (header.type === '0' && (await isDamaged(path, content, header, walk))) damaged.push(path);
      name = undefined;
    }
    offset = content + blocks(header.bytes);
  }
  return damaged;
}
