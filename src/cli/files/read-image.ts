import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { failure, type Result, success } from '#base';
import { ImageManifest } from '#schema';
import { sayErrno } from './say-errno.ts';

/** A manifest has a line for each file; this is more than any environment has. */
const MOST_MANIFEST_BYTES = 1024 * 1024 * 1024;

export interface Image {
  /** Its program, without links or `.` in front: a rank may start in another folder. */
  readonly launch: string;
  readonly manifest: ImageManifest;
}

const notAnImage = (folder: string, why: string) =>
  failure({
    code: 'cli/cannot-read',
    message: `${folder} is not an image: ${why}`,
    hint: 'Give the folder that pharos pack wrote with --to.',
  });

/** Reads what an image says of itself. It may have been made by anyone. */
export function readImage(folder: string): Result<Image> {
  const path = join(folder, 'manifest.json');
  try {
    if (statSync(path).size > MOST_MANIFEST_BYTES) return notAnImage(folder, 'manifest.json is longer than any');
    const read = ImageManifest.safeParse(JSON.parse(readFileSync(path, 'utf8')));
    if (!read.success) return notAnImage(folder, 'manifest.json does not tell of one that this pharos knows');
    return success({ launch: resolve(folder, 'launch'), manifest: read.data });
  } catch (error) {
    return notAnImage(
      folder,
      error instanceof SyntaxError ? 'manifest.json is no JSON' : `${path}: ${sayErrno(error)}`,
    );
  }
}
