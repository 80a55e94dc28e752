import { failure, type Result, success } from '#base';
import { readElf } from '#formats/elf';
import type { FileStatus, Host } from '#host';
import type { ImageFile } from '#schema';
import { type Relocated, relocations, type Surroundings } from './relocate/index.ts';
import type { Chosen } from './selection.ts';

/** No program has one file so large that a node holds it in memory. */
const MOST_FILE_BYTES = 64 * 2 ** 30;

export interface Content {
  readonly bytes: Uint8Array;
  readonly mode: number;
  /** Whole seconds. */
  readonly modified: number;
  readonly made?: ImageFile['made'];
  readonly prefixes?: Relocated['prefixes'];
  /** The least glibc that it asks for, as `2.28`. */
  readonly glibc?: string;
}

function isSame(a: FileStatus, b: FileStatus | undefined): boolean {
  return b !== undefined && a.bytes === b.bytes && a.modified === b.modified && a.identity === b.identity;
}

/** Owner and group are whoever unpacks it; what may be executed still may. */
const modeOf = (status: FileStatus) => ((status.mode & 0o111) === 0 ? 0o644 : 0o755);

const changed = (path: string) =>
  failure({
    code: 'pack/changed',
    message: `${path} changed while it was packed`,
    hint: 'Pack again when nothing writes there any more.',
  });

/** A file's content as it stands in the image. Its status is the same before and after, or it is not packed. */
export async function readContent(
  path: string,
  { status, source = path }: Chosen,
  host: Host,
  around: Surroundings,
): Promise<Result<Content>> {
  const read = await host.read(source, MOST_FILE_BYTES);
  if (!read.ok) {
    const now = await host.status(source);
    return now.ok && now.value === undefined ? changed(source) : read;
  }
  const after = await host.status(source);
  if (!after.ok) return after;
  if (!isSame(status, after.value) || read.value.length !== status.bytes) return changed(source);
  const elf = readElf(read.value);
  const glibc = elf.ok ? elf.value.glibc : undefined;
  const plain = {
    ...{ bytes: read.value, mode: modeOf(status), modified: Math.floor(status.modified) },
    ...(glibc === undefined ? {} : { glibc }),
  };
  // User code stays where it is, and as it is.
  return around.roots.of(path)?.kind === 'user' ? success(plain) : relocateAll(path, status.mode, plain, around);
}

async function relocateAll(path: string, mode: number, plain: Content, around: Surroundings): Promise<Result<Content>> {
  let content = plain;
  for (const relocate of relocations) {
    const relocated = await relocate({ path, mode, bytes: content.bytes }, around);
    if (relocated && !relocated.ok) return relocated;
    if (relocated) content = { ...content, ...relocated.value };
  }
  return success(content);
}
