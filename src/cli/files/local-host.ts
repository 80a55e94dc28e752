import { constants, type Dirent, type Stats } from 'node:fs';
import { lstat, open, readdir, readlink, realpath } from 'node:fs/promises';
import { failure, pathBytes, pathOfBytes, type Result, success } from '#base';
import type { FileStatus, FileType, FolderEntry, Host } from '#host';
import { sayErrno } from './say-errno.ts';

const bufferOf = (path: string) => Buffer.from(pathBytes(path));

const isAbsent = (error: unknown) =>
  ['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '');

function typeOf(found: Stats | Dirent<Buffer>): FileType {
  if (found.isSymbolicLink()) return 'link';
  if (found.isDirectory()) return 'folder';
  return found.isFile() ? 'file' : 'other';
}

function statusOf(found: Stats): FileStatus {
  return {
    type: typeOf(found),
    mode: found.mode & 0o7777,
    bytes: found.size,
    modified: found.mtimeMs / 1000,
    identity: `${found.dev}:${found.ino}`,
  };
}

/** What `ask` says, or why the machine does not; `absent` where there is no such thing. */
async function attempt<T>(path: string, ask: (bytes: Buffer) => Promise<T>, absent?: { value: T }): Promise<Result<T>> {
  try {
    return success(await ask(bufferOf(path)));
  } catch (error) {
    if (absent && isAbsent(error)) return success(absent.value);
    return failure({ code: 'host/cannot-read', message: `${path}: ${sayErrno(error)}`, cause: error });
  }
}

async function readWhole(path: string, bytes: Buffer, mostBytes: number): Promise<Result<Uint8Array>> {
  const cannot = (why: string) => failure({ code: 'host/cannot-read', message: `${path}: ${why}` });
  // A pipe would wait for a writer for ever.
  const file = await open(bytes, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const found = await file.stat();
    if (!found.isFile()) return cannot('it is not a regular file');
    if (found.size > mostBytes) return cannot(`it is longer than ${mostBytes} bytes`);
    const content = await file.readFile();
    return content.length > mostBytes ? cannot(`it is longer than ${mostBytes} bytes`) : success(content);
  } finally {
    await file.close();
  }
}

const entryOf = (entry: Dirent<Buffer>): FolderEntry => ({ name: pathOfBytes(entry.name), type: typeOf(entry) });

/** This machine. */
export const localHost: Host = {
  status: (path) =>
    attempt<FileStatus | undefined>(path, async (bytes) => statusOf(await lstat(bytes)), { value: undefined }),
  list: (folder) =>
    attempt(folder, async (bytes) => {
      const entries = await readdir(bytes, { withFileTypes: true, encoding: 'buffer' });
      return entries.map(entryOf);
    }),
  readLink: (path) => attempt(path, async (bytes) => pathOfBytes(await readlink(bytes, { encoding: 'buffer' }))),
  realPath: (path) =>
    attempt<string | undefined>(path, async (bytes) => pathOfBytes(await realpath(bytes, { encoding: 'buffer' })), {
      value: undefined,
    }),
  async read(path, mostBytes) {
    const read = await attempt(path, (bytes) => readWhole(path, bytes, mostBytes));
    return read.ok ? read.value : read;
  },
};
