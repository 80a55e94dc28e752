import { constants, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { copyFile, type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { failure, type Result, success } from '#base';
import type { Sink } from '#pack';
import { ImageManifest } from '#schema';
import { sayErrno } from './say-errno.ts';

/** A manifest has a line for each file; this is more than any environment has. */
const MOST_MANIFEST_BYTES = 1024 * 1024 * 1024;
const PIECE_BYTES = 1024 * 1024;

const cannotWrite = (path: string, error: unknown) =>
  failure({
    code: 'cli/cannot-write',
    message: `${path} cannot be written: ${sayErrno(error)}`,
    hint: 'Choose another place with --to, with space for the image.',
  });

/** An image that is written beside the one that is there, and takes its place at once. */
export interface ImageFolder {
  /** Of the image that is there, if its manifest can be read. */
  readonly old: ImageManifest | undefined;
  readonly sink: Sink;
  finish(manifest: ImageManifest): Promise<Result<undefined>>;
  /** Leaves nothing of what was begun; `removeAside` when there is no time to wait. */
  discard(): Promise<void>;
  removeAside(): void;
}

function readManifest(folder: string): ImageManifest | undefined {
  try {
    const path = join(folder, 'manifest.json');
    if (statSync(path).size > MOST_MANIFEST_BYTES) return undefined;
    const read = ImageManifest.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (!read.success) return undefined;
    const end = read.data.layers.at(-1);
    // A front is only taken over from a file that is whole.
    return end && statSync(join(folder, 'launch')).size === end.offset + end.bytes ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** A folder that is there is ours, or empty. */
function checkFolder(folder: string): Result<undefined> {
  const notOurs = (why: string) =>
    failure({
      code: 'cli/cannot-write',
      message: `${folder} ${why}`,
      hint: 'Move it away, or choose another place with --to.',
    });
  if (!existsSync(folder)) return success(undefined);
  if (!statSync(folder).isDirectory()) return notOurs('is not a folder, as an image is');
  const names = readdirSync(folder).filter((name) => !/^\.launch\.\d+$|^\.manifest\.\d+$/.test(name));
  if (names.length === 0 || (names.includes('manifest.json') && names.includes('launch'))) return success(undefined);
  return notOurs('exists and is not an image of pharos');
}

interface Aside {
  readonly launch: string;
  readonly manifest: string;
}

/** `copied`: the image that is there is already on its way beside the new one. */
function sinkOf({ launch }: Aside, copied: Promise<boolean>): Sink & { close(): Promise<void> } {
  let file: FileHandle | undefined;
  let at = 0;
  let pieces: Uint8Array[] = [];
  let waiting = 0;

  async function flush(): Promise<void> {
    const whole = Buffer.concat(pieces);
    pieces = [];
    waiting = 0;
    for (let done = 0; done < whole.length; ) {
      const written = await file?.write(whole, done, whole.length - done, at);
      done += written?.bytesWritten ?? 0;
      at += written?.bytesWritten ?? 0;
    }
  }

  const attempt = async (work: () => Promise<void>): Promise<Result<undefined>> => {
    try {
      await work();
      return success(undefined);
    } catch (error) {
      return cannotWrite(launch, error);
    }
  };

  return {
    begin: (kept) =>
      attempt(async () => {
        file = await open(launch, (await copied) ? 'r+' : 'wx+', 0o755);
        await file.truncate(kept);
        at = kept;
      }),
    write: (bytes) =>
      attempt(async () => {
        pieces.push(bytes);
        waiting += bytes.length;
        if (waiting >= PIECE_BYTES) await flush();
      }),
    writeAt: (offset, bytes) =>
      attempt(async () => {
        await flush();
        await file?.write(bytes, 0, bytes.length, offset);
      }),
    async close() {
      await file?.close();
      file = undefined;
    },
  };
}

/**
 * Begins while it is still found out how much of the image stays: in the kernel, with shared blocks where the file system
 * can, else a copy that never reaches us.
 */
async function startCopy(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
    return true;
  } catch {
    rmSync(to, { force: true });
    return false;
  }
}

/** Opens the place of an image. Nothing there changes before `finish`. */
export function openImage(folder: string): Result<ImageFolder> {
  const aside: Aside = {
    launch: join(folder, `.launch.${process.pid}`),
    manifest: join(folder, `.manifest.${process.pid}`),
  };
  try {
    const checked = checkFolder(folder);
    if (!checked.ok) return checked;
    const isNew = !existsSync(folder);
    mkdirSync(folder, { recursive: true });
    const removeAside = () => {
      for (const path of Object.values(aside)) rmSync(path, { force: true });
      if (isNew && existsSync(folder) && readdirSync(folder).length === 0) rmSync(folder, { recursive: true });
    };
    const old = readManifest(folder);
    const copied = old ? startCopy(join(folder, 'launch'), aside.launch) : Promise.resolve(false);
    const sink = sinkOf(aside, copied);
    return success({
      old,
      sink,
      async finish(manifest) {
        try {
          await sink.close();
          const text = await open(aside.manifest, 'wx', 0o644);
          await text.writeFile(`${JSON.stringify(manifest)}\n`);
          await text.close();
          renameSync(aside.launch, join(folder, 'launch'));
          renameSync(aside.manifest, join(folder, 'manifest.json'));
          return success(undefined);
        } catch (error) {
          return cannotWrite(folder, error);
        }
      },
      async discard() {
        await copied;
        await sink.close();
        removeAside();
      },
      removeAside,
    });
  } catch (error) {
    return cannotWrite(folder, error);
  }
}
