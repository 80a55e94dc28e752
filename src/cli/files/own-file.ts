import {
  closeSync,
  existsSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { constants, gunzipSync } from 'node:zlib';
import { failure, type Result, success } from '#base';
import { sayErrno } from './say-errno.ts';

/** Each file of ours says near its beginning, and one in prose near its end, whose it is. */
const LOOKED_AT_BYTES = 4096;

/** What the beginning of a gzip file unpacks to. */
function unpack(ends: Buffer): string {
  try {
    return gunzipSync(ends.subarray(0, LOOKED_AT_BYTES), { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1');
  } catch {
    return '';
  }
}

const holds =
  (mark: RegExp) =>
  (ends: Buffer): boolean =>
    mark.test(ends.toString('latin1'));

/** How a file of ours looks at its ends, by the end of its name. */
const MARKS: readonly (readonly [name: string, isOurs: (ends: Buffer) => boolean])[] = [
  ['/plan.json', holds(/"kind":\s*"pharos-package-plan"/)],
  ['.pharos', (ends) => unpack(ends).startsWith('["pharos-recording",')],
  ['.report.json', holds(/"kind":\s*"pharos-report"/)],
  ['.report.html', holds(/<meta name="generator" content="pharos/i)],
  ['.report.sarif', holds(/"name":\s*"pharos"/i)],
  ['.report.md', holds(/pharos/i)],
  ['.report.txt', holds(/pharos/i)],
  ['.scale.json', holds(/"kind":\s*"pharos-scale"/)],
  ['.scale.html', holds(/<meta name="generator" content="pharos/i)],
  ['.scale.svg', holds(/<!-- pharos -->/)],
  ['.calibration.json', holds(/"kind":\s*"pharos-calibration"/)],
  ['.json', holds(/"kind":\s*"pharos-(filesystem-profile|site)"/)],
  ['.pyz', holds(/^#![^\n]*\n# The collector of Pharos,/)],
  // Settings, modules and scripts have comments, each in its language.
  ['', holds(/Written by pharos plan packages\./)],
];

function readEnds(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(LOOKED_AT_BYTES);
    const beginning = Buffer.from(bytes.subarray(0, readSync(file, bytes, 0, LOOKED_AT_BYTES, 0)));
    if (size <= LOOKED_AT_BYTES) return beginning;
    const end = bytes.subarray(
      0,
      readSync(file, bytes, 0, LOOKED_AT_BYTES, Math.max(LOOKED_AT_BYTES, size - LOOKED_AT_BYTES)),
    );
    return Buffer.concat([beginning, end]);
  } finally {
    closeSync(file);
  }
}

const mayNot = (path: string, why: string, hint: string) =>
  failure({ code: 'cli/cannot-write', message: `${path} ${why}`, hint });

const SOMEWHERE_ELSE = 'Choose another place, with --out, --to or --output.';

/** A file may be written where there is none, and over one of our own kind. Asked before the job runs. */
export function checkOwn(path: string): Result<string> {
  try {
    if (!existsSync(path)) return checkFolder(path);
    if (!statSync(path).isFile()) return mayNot(path, 'is not a file', SOMEWHERE_ELSE);
    const isOurs = MARKS.find(([name]) => path.endsWith(name))?.[1];
    if (isOurs?.(readEnds(path))) return checkFolder(path);
    return mayNot(path, 'exists and was not written by pharos', `Move it away. ${SOMEWHERE_ELSE}`);
  } catch (error) {
    return mayNot(path, `cannot be written: ${sayErrno(error)}`, SOMEWHERE_ELSE);
  }
}

/** Tries the folder by making a file in it: permission bits say nothing of quotas and read-only mounts. */
function checkFolder(path: string): Result<string> {
  const aside = asideOf(path);
  try {
    writeFileSync(aside, '');
    rmSync(aside);
    return success(path);
  } catch (error) {
    return mayNot(path, `cannot be written: ${sayErrno(error)}`, SOMEWHERE_ELSE);
  }
}

function asideOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}`);
}

/** Writes aside, then renames: readers see the old file or the new one, never a part. */
export function writeOwn(path: string, content: string | Uint8Array, mode?: number): Result<string> {
  const checked = checkOwn(path);
  if (!checked.ok) return checked;
  const aside = asideOf(path);
  // Ctrl-C waits until the file is whole.
  const later = () => {};
  process.on('SIGINT', later);
  try {
    writeFileSync(aside, content, { flush: true, ...(mode === undefined ? {} : { mode }) });
    renameSync(aside, path);
    return success(path);
  } catch (error) {
    rmSync(aside, { force: true });
    return mayNot(path, `cannot be written: ${sayErrno(error)}`, SOMEWHERE_ELSE);
  } finally {
    process.off('SIGINT', later);
  }
}
