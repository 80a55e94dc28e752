import { absolutePath, failure, success } from '#base';
import type { FileStatus, FolderEntry, Host } from '#host';

// A machine in memory, for tests: files, links and the folders above them.

type Thing = { readonly content: string | Uint8Array } | { readonly target: string } | { readonly folder: true };

export interface MemoryHost extends Host {
  file(path: string, content?: string | Uint8Array, change?: Partial<FileStatus>): MemoryHost;
  link(path: string, target: string): MemoryHost;
  folder(path: string): MemoryHost;
  remove(path: string): MemoryHost;
}

const above = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/';

/** 1 January 2026. */
const MODIFIED = 1_767_225_600;

export function memoryHost(): MemoryHost {
  const things = new Map<string, Thing>([['/', { folder: true }]]);
  const changes = new Map<string, Partial<FileStatus>>();

  function put(path: string, thing: Thing): MemoryHost {
    for (let folder = above(path); !things.has(folder); folder = above(folder)) things.set(folder, { folder: true });
    things.set(path, thing);
    return host;
  }

  function typeOf(thing: Thing): FolderEntry['type'] {
    if ('folder' in thing) return 'folder';
    return 'target' in thing ? 'link' : 'file';
  }

  function statusOf(path: string, thing: Thing): FileStatus {
    const bytes = 'content' in thing ? Buffer.from(thing.content).length : 0;
    const status = { type: typeOf(thing), mode: 0o644, bytes, modified: MODIFIED, identity: `1:${path}` };
    return { ...status, ...changes.get(path) };
  }

  /** Where a path leads. */
  function follow(path: string, links = 0): string {
    const names = path.split('/').filter(Boolean);
    for (let count = 1; count <= names.length && links < 40; count += 1) {
      const at = `/${names.slice(0, count).join('/')}`;
      const thing = things.get(at);
      if (!thing || !('target' in thing)) continue;
      return follow(absolutePath(above(at), [thing.target, ...names.slice(count)].join('/')), links + 1);
    }
    return absolutePath('/', path);
  }

  const host: MemoryHost = {
    file(path, content = `# ${path}\n`, change = {}) {
      changes.set(path, change);
      return put(path, { content });
    },
    link: (path, target) => put(path, { target }),
    folder: (path) => put(path, { folder: true }),
    remove(path) {
      things.delete(path);
      return host;
    },
    async status(path) {
      const thing = things.get(path);
      return success(thing && statusOf(path, thing));
    },
    async list(folder) {
      const inside = [...things].filter(([path]) => path !== '/' && above(path) === folder);
      return success(
        inside.map(([path, thing]) => ({ name: path.slice(path.lastIndexOf('/') + 1), type: typeOf(thing) })),
      );
    },
    async readLink(path) {
      const thing = things.get(path);
      return thing && 'target' in thing
        ? success(thing.target)
        : failure({ code: 'host/cannot-read', message: `${path} is no link` });
    },
    realPath: async (path) => success(things.has(follow(path)) ? follow(path) : undefined),
    async read(path) {
      const thing = things.get(path);
      return thing && 'content' in thing
        ? success(Buffer.from(thing.content))
        : failure({ code: 'host/cannot-read', message: `${path} is no file` });
    },
    async within(path, use) {
      const place = follow(path);
      const thing = things.get(place);
      if (!thing || !('content' in thing)) {
        return failure({ code: 'host/cannot-read', message: `${path} is no file` });
      }
      const content = Buffer.from(thing.content);
      const { bytes, identity } = statusOf(place, thing);
      return success(
        await use({ bytes, identity, read: async (from, wanted) => success(content.subarray(from, from + wanted)) }),
      );
    },
  };
  return host;
}
