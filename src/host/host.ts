import type { Result } from '#base';

/**
 * How Pharos reads a machine. Paths are absolute; a byte of a name that is not UTF-8 is a lone surrogate, U+DC00 plus the
 * byte, as Python's `surrogateescape` writes it. Nothing here follows a link in the last component, but `read`, `within` and `realPath`.
 */
export interface Host {
  /** As lstat tells. Undefined: there is nothing of that name. */
  status(path: string): Promise<Result<FileStatus | undefined>>;
  /** What is in a folder, in no order. The types come with the names: nothing more is asked of the file system. */
  list(folder: string): Promise<Result<readonly FolderEntry[]>>;
  readLink(path: string): Promise<Result<string>>;
  /** Without any links. Undefined: it does not lead to anything. */
  realPath(path: string): Promise<Result<string | undefined>>;
  /** The whole of a regular file; a failure where it is longer than `mostBytes`, or is no regular file. */
  read(path: string, mostBytes: number): Promise<Result<Uint8Array>>;
  /** Opens a regular file, links followed, for as long as `use` reads parts of it. */
  within<Value>(path: string, use: (file: OpenFile) => Promise<Value>): Promise<Result<Value>>;
}

export interface OpenFile {
  /** Of the whole file. */
  readonly bytes: number;
  readonly identity: string;
  /** Fewer bytes than asked where the file ends. */
  read(offset: number, bytes: number): Promise<Result<Uint8Array>>;
}

export type FileType = 'file' | 'folder' | 'link' | 'other';

export interface FolderEntry {
  readonly name: string;
  readonly type: FileType;
}

export interface FileStatus {
  readonly type: FileType;
  /** Permissions, the lowest twelve bits. */
  readonly mode: number;
  readonly bytes: number;
  /** Seconds since 1970, with a fraction. */
  readonly modified: number;
  /** Device and inode: two names of one file have the same. */
  readonly identity: string;
}
