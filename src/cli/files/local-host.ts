import { constants, type Dirent, type Stats } from 'node:fs';
import { type FileHandle, lstat, open, readdir, readlink, realpath } from 'node:fs/promises';
import { failure, pathBytes, pathOfBytes, type Result, success } from '#base';
import type { FileStatus, FileType, FolderEntry, Host, OpenFile } from '#host';
import { sayErrno } from './say-errno.ts';

const bufferOf = (path: string) => Buffer.from(pathBytes(path));

const isAbsent = (error: unknown) =>
  ['ENOENT', 'ENOTDIR', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '');

function typeOf(found: Stats | Dirent<Buffer>): FileType {
  if (found.isSymbolicLink()) return 'link';
  if (found.isDirectory()) return 'folder';
  return found.isFile() ? 'file' : 'other';
}

const identityOf = (found: Stats) => `${found.dev}:${found.ino}`;

function statusOf(found: Stats): FileStatus {
  return {
    type: typeOf(found),
    mode: found.mode & 0o7777,
    bytes: found.size,
    modified: found.mtimeMs / 1000,
    identity: identityOf(found),
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

/** Opens a regular file for as long as it is used. */
async function withFile<T>(
  path: string,
  bytes: Buffer,
  use: (file: FileHandle, found: Stats) => Promise<Result<T>>,
): Promise<Result<T>> {
  // A pipe would wait for a writer for ever.
  const file = await open(bytes, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const found = await file.stat();
    return found.isFile() ? await use(file, found) : cannotRead(path, 'it is not a regular file');
  } finally {
    await file.close();
  }
}

const cannotRead = (path: string, why: string) => failure({ code: 'host/cannot-read', message: `${path}: ${why}` });

const readWhole = (path: string, bytes: Buffer, mostBytes: number): Promise<Result<Uint8Array>> =>
  withFile(path, bytes, async (file, found) => {
    const tooLong = cannotRead(path, `it is longer than ${mostBytes} bytes`);
    if (found.size > mostBytes) return tooLong;
    const content = await file.readFile();
    return content.length > mostBytes ? tooLong : success(content);
  });

const openFile = (path: string, file: FileHandle, found: Stats): OpenFile => ({
  bytes: found.size,
  identity: identityOf(found),
  async read(offset, bytes) {
    // No file has more; without this, a hostile one could ask for all of memory.
    const wanted = Math.max(0, Math.min(bytes, found.size - offset));
    const part = new Uint8Array(wanted);
    try {
      const { bytesRead } = await file.read(part, 0, wanted, offset);
      return success(part.subarray(0, bytesRead));
    } catch (error) {
      return failure({ code: 'host/cannot-read', message: `${path}: ${sayErrno(error)}`, cause: error });
    }
  },
});

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
  async within(path, use) {
    const used = await attempt(path, (bytes) =>
      withFile(path, bytes, async (file, found) => success(await use(openFile(path, file, found)))),
    );
    return used.ok ? used.value : used;
  },
};
