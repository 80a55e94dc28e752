import { createHash } from 'node:crypto';
import { failure, success } from '#base';
import type { FileStatus, Host } from '#host';
import type { Machine } from '#verify';

/** Bytes of a file, a character each; or where a link leads. Folders are there where something is below them. */
export type Tree = Record<string, string | { readonly link: string }>;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

const MODIFIED = 1_700_000_000;

function statusOf(tree: Tree, path: string): FileStatus | undefined {
  const found = tree[path];
  const about = { mode: 0o644, modified: MODIFIED, identity: `1:${path}` };
  if (typeof found === 'string') return { ...about, type: 'file', bytes: found.length };
  if (found) return { ...about, type: 'link', bytes: found.link.length };
  const isFolder = Object.keys(tree).some((each) => each.startsWith(`${path}/`));
  return isFolder ? { ...about, type: 'folder', bytes: 0 } : undefined;
}

/** A machine that is a tree in memory, for tests; what is written into the tree is there at once. */
export function memoryMachine(tree: Tree): Machine {
  const absent = (path: string) => failure({ code: 'host/cannot-read', message: `${path}: no such file or folder` });

  /** The content of a file, through links above it and its own. */
  function bytesAt(path: string): Uint8Array | undefined {
    const link = Object.keys(tree).find((each) => typeof tree[each] === 'object' && `${path}/`.startsWith(`${each}/`));
    const found = link === undefined ? tree[path] : undefined;
    if (typeof found === 'string') return Buffer.from(found, 'latin1');
    const target = link === undefined ? undefined : (tree[link] as { link: string }).link;
    return target === undefined || link === undefined ? undefined : bytesAt(target + path.slice(link.length));
  }

  const host: Host = {
    status: async (path) => success(statusOf(tree, path)),
    list: async (folder) => absent(folder),
    readLink: async (path) => {
      const found = tree[path];
      return typeof found === 'object' ? success(found.link) : absent(path);
    },
    realPath: async () => success(undefined),
    within: async (path) => absent(path),
    read: async (path) => {
      const bytes = bytesAt(path);
      return bytes ? success(bytes) : absent(path);
    },
  };

  const part = (path: string, range: { offset: number; bytes: number } | undefined) => {
    const bytes = bytesAt(path);
    const end = range ? range.offset + range.bytes : (bytes?.length ?? 0);
    return bytes && bytes.length >= end ? bytes.subarray(range?.offset ?? 0, end) : undefined;
  };

  return {
    host,
    digest: async (path, range) => {
      const bytes = part(path, range);
      return bytes ? success(sha256(bytes)) : absent(path);
    },
    readRange: async (path, range) => {
      const bytes = part(path, range);
      return bytes ? success(bytes) : absent(path);
    },
    digestOf: sha256,
  };
}
