import { folderOf, join, nameOf } from '#base';
import type { FileStatus, FolderEntry, Host } from '#host';

/** A symbolic link that was met on the way to a place; the folders above it hold no link. */
export interface PassedLink {
  readonly path: string;
  readonly target: string;
}

/** Where a path leads. */
export interface Place {
  /** Without links. */
  readonly path: string;
  readonly status: FileStatus;
  readonly links: readonly PassedLink[];
}

/** What is where on the machine; each thing is asked once. */
export interface Places {
  /** Undefined: it leads to nothing, or may not be looked at. */
  find(path: string): Promise<Place | undefined>;
  /** In the order of names; empty where there is no such folder. */
  list(folder: string): Promise<readonly FolderEntry[]>;
  /** Of the thing itself, a link not followed. */
  status(path: string): Promise<FileStatus | undefined>;
  read(path: string, mostBytes: number): Promise<Uint8Array | undefined>;
}

/** As the kernel counts: path_resolution(7). */
const MOST_LINKS = 40;

const ROOT: Place = {
  path: '/',
  status: { type: 'folder', mode: 0o755, bytes: 0, modified: 0, identity: '/' },
  links: [],
};

function step(folder: string, name: string): string {
  if (name === '' || name === '.') return folder;
  return name === '..' ? folderOf(folder) : join(folder, name);
}

function memo<T>(ask: (path: string) => Promise<T>): (path: string) => Promise<T> {
  const known = new Map<string, Promise<T>>();
  return (path) => {
    const before = known.get(path);
    if (before) return before;
    const asked = ask(path);
    known.set(path, asked);
    return asked;
  };
}

interface Asks {
  status(path: string): Promise<FileStatus | undefined>;
  target(link: string): Promise<string | undefined>;
}

/** One name below a place. A link puts its target's names before those that are left. */
async function walk(from: Place, name: string, { status, target }: Asks): Promise<Place | undefined> {
  const names = [name];
  const links: PassedLink[] = [];
  let at: Pick<Place, 'path' | 'status'> = from;
  for (let next = names.pop(); next !== undefined; next = names.pop()) {
    const path = step(at.path, next);
    const found = path === '/' ? ROOT.status : await status(path);
    if (!found) return undefined;
    if (found.type !== 'link') {
      at = { path, status: found };
      continue;
    }
    const text = links.length < MOST_LINKS ? await target(path) : undefined;
    if (text === undefined) return undefined;
    links.push({ path, target: text });
    names.push(...text.split('/').reverse());
    if (text.startsWith('/')) at = ROOT;
  }
  return { ...at, links: [...from.links, ...links] };
}

export function placesOf(host: Host): Places {
  const status = memo(async (path: string) => {
    const found = await host.status(path);
    return found.ok ? found.value : undefined;
  });
  const target = memo(async (path: string) => {
    const found = await host.readLink(path);
    return found.ok ? found.value : undefined;
  });
  const list = memo(async (folder: string) => {
    const found = await host.list(folder);
    return found.ok ? found.value.toSorted((a, b) => (a.name < b.name ? -1 : 1)) : [];
  });

  const find: Places['find'] = memo(async (path: string): Promise<Place | undefined> => {
    if (path === '/' || path === '') return ROOT;
    const folder = await find(folderOf(path));
    return folder?.status.type === 'folder' ? walk(folder, nameOf(path), { status, target }) : undefined;
  });

  return {
    find,
    list,
    status,
    async read(path, mostBytes) {
      const found = await host.read(path, mostBytes);
      return found.ok ? found.value : undefined;
    },
  };
}
