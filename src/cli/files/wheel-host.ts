import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { failure, join, nameOf, type Result, success } from '#base';
import {
  findZipDirectory,
  readZipContent,
  readZipDirectory,
  ZIP_HEADER_BYTES,
  ZIP_TAIL_BYTES,
  type ZipEntry,
} from '#formats/zip';
import type { FolderEntry, Host, OpenFile } from '#host';

const inflate = promisify(inflateRaw);

/** Unpacked in memory, one at a time; the largest libraries of published wheels have about 1 GB. */
const LARGEST_FILE = 2 ** 31 - 1;

interface Wheel {
  readonly host: Host;
  readonly path: string;
  readonly identity: string;
  readonly entries: ReadonlyMap<string, ZipEntry>;
  readonly folders: ReadonlyMap<string, readonly FolderEntry[]>;
}

const cannotRead = (path: string, why: string) => failure({ code: 'host/cannot-read', message: `${path}: ${why}` });

async function readEntries(file: OpenFile): Promise<Result<readonly ZipEntry[]>> {
  const tail = await file.read(Math.max(0, file.bytes - ZIP_TAIL_BYTES), ZIP_TAIL_BYTES);
  if (!tail.ok) return tail;
  const range = findZipDirectory(tail.value, file.bytes);
  if (!range.ok) return range;
  const directory = await file.read(range.value.offset, range.value.bytes);
  return directory.ok ? readZipDirectory(directory.value, range.value) : directory;
}

/** What is in each folder; the wheel itself is the folder without a name. */
function foldersOf(entries: readonly ZipEntry[]): Map<string, FolderEntry[]> {
  const folders = new Map<string, FolderEntry[]>([['', []]]);
  const known = new Set<string>();
  for (const { path } of entries) {
    let child = path;
    for (let type: FolderEntry['type'] = 'file'; child !== '' && !known.has(child); type = 'folder') {
      known.add(child);
      const folder = child.slice(0, Math.max(0, child.lastIndexOf('/')));
      folders.set(folder, [...(folders.get(folder) ?? []), { name: nameOf(child), type }]);
      child = folder;
    }
  }
  return folders;
}

/** The content of one file, whose checksum has to be that of the directory. */
async function contentOf(wheel: Wheel, path: string, entry: ZipEntry): Promise<Result<Uint8Array>> {
  if (entry.bytes > LARGEST_FILE) return cannotRead(path, 'it is too large to be unpacked');
  const packed = await wheel.host.within(wheel.path, async (file) => {
    const header = await file.read(entry.headerOffset, ZIP_HEADER_BYTES);
    const range = header.ok ? readZipContent(header.value, entry) : header;
    return range.ok ? file.read(range.value.offset, range.value.bytes) : range;
  });
  if (!packed.ok) return packed;
  if (!packed.value.ok) return packed.value;
  try {
    const bytes =
      entry.method === 'stored'
        ? packed.value.value
        : await inflate(packed.value.value, { maxOutputLength: Math.max(1, entry.bytes) });
    if (bytes.length === entry.bytes && crc32(bytes) === entry.checksum) return success(bytes);
  } catch {
    // Told below: what deflate says of damaged bytes helps nobody.
  }
  return cannotRead(path, 'it is damaged in the archive');
}

const opened = (wheel: Wheel, path: string, bytes: Uint8Array): OpenFile => ({
  bytes: bytes.length,
  identity: `${wheel.identity}:${path}`,
  read: async (offset, count) => success(bytes.subarray(offset, Math.max(offset, offset + count))),
});

/** One after the other: each unpacks a file into memory. */
function inTurn() {
  let last: Promise<unknown> = Promise.resolve();
  return <Value>(work: () => Promise<Value>): Promise<Value> => {
    const next = last.then(work);
    last = next.catch(() => {});
    return next;
  };
}

export interface OpenedWheels {
  readonly host: Host;
  /** Those that cannot be read, and why. */
  readonly unreadable: readonly { readonly what: string; readonly because: string }[];
}

/** Wheels as folders of a machine: what is in them, without unpacking any onto a disk. Other paths lead to nothing. */
export async function openWheels(host: Host, paths: readonly string[]): Promise<OpenedWheels> {
  const wheels = new Map<string, Wheel>();
  const unreadable: { what: string; because: string }[] = [];
  for (const path of paths) {
    const read = await host.within(path, async (file) => ({
      identity: file.identity,
      entries: await readEntries(file),
    }));
    const entries = read.ok ? read.value.entries : read;
    if (!read.ok || !entries.ok) {
      const message = entries.ok ? '' : entries.failure.message;
      unreadable.push({ what: path, because: message.replace(`${path}: `, '') });
      continue;
    }
    const byPath = new Map(entries.value.map((entry) => [entry.path, entry]));
    const { identity } = read.value;
    wheels.set(path, { host, path, identity, entries: byPath, folders: foldersOf(entries.value) });
  }
  return { host: hostOf(wheels), unreadable };
}

function hostOf(wheels: ReadonlyMap<string, Wheel>): Host {
  const turn = inTurn();
  const find = (path: string): { readonly wheel: Wheel; readonly inside: string } | undefined => {
    for (const [place, wheel] of wheels) {
      if (path === place || path.startsWith(`${place}/`)) return { wheel, inside: path.slice(place.length + 1) };
    }
    return undefined;
  };
  const withContent = <Value>(path: string, use: (wheel: Wheel, bytes: Uint8Array) => Promise<Value>) =>
    turn(async (): Promise<Result<Value>> => {
      const { wheel, inside = '' } = find(path) ?? {};
      const entry = wheel?.entries.get(inside);
      if (!wheel || !entry) return cannotRead(path, 'no such file in the archive');
      const content = await contentOf(wheel, path, entry);
      return content.ok ? success(await use(wheel, content.value)) : content;
    });
  return {
    async status(path) {
      const { wheel, inside = '' } = find(path) ?? {};
      const entry = wheel?.entries.get(inside);
      if (!wheel || (!entry && !wheel.folders.has(inside))) return success(undefined);
      const type = entry ? 'file' : 'folder';
      const bytes = entry?.bytes ?? 0;
      return success({ type, mode: 0o644, bytes, modified: 0, identity: `${wheel.identity}:${inside}` });
    },
    async list(folder) {
      const { wheel, inside = '' } = find(folder) ?? {};
      const listed = wheel?.folders.get(inside);
      return listed ? success(listed) : cannotRead(folder, 'no such folder in the archive');
    },
    readLink: async (path) => cannotRead(path, 'archives have no links'),
    realPath: async (path) => success(find(path) ? join('/', path) : undefined),
    async read(path, mostBytes) {
      const { wheel, inside = '' } = find(path) ?? {};
      const size = wheel?.entries.get(inside)?.bytes ?? 0;
      if (size > mostBytes) return cannotRead(path, `it is longer than ${mostBytes} bytes`);
      return withContent(path, async (_, bytes) => bytes);
    },
    within: (path, use) => withContent(path, (wheel, bytes) => use(opened(wheel, path, bytes))),
  };
}
