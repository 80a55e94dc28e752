import { sum } from '#base';
import type { Access, Accesses } from '#schema';
import { finalLinks, type Walk } from './walk.ts';

/** What one rank does with one file. */
export interface Use {
  opens: number;
  directoryOpens: number;
  /** Calls that read a directory. */
  listings: number;
  stats: number;
  changes: number;
  readBytes: number;
  mappedBytes: number;
  writtenBytes: number;
  /** By the one import that read, or mapped, most of it: what one pass over the file takes. */
  mostReadBytes: number;
  mostMappedBytes: number;
  executed: boolean;
  /** Of an executed program, or of the interpreter's own library: used nearly whole. */
  programBytes: number;
}

/** What one rank asks of the kernel, by directory entry. */
export interface Tally {
  /** Entries that were found other than as the last step of an open. */
  readonly found: Set<number>;
  /** Entries that were the last step of an open. */
  readonly opened: Set<number>;
  /** Missing entries, with how often they were looked for. */
  readonly missing: Map<number, number>;
  /** Symbolic links that were followed. */
  readonly followed: Set<number>;
  readonly uses: Map<number, Use>;
  /** Links followed and components walked on shared storage, counted each time. */
  links: number;
  steps: number;
}

/** The tree of an `accesses` artifact, read once. */
export interface ObservedTree {
  readonly paths: Accesses['paths'];
  readonly walk: Walk;
  /** Entries that some access has shown to exist: a fact of the file system, whatever is left out of a fold. */
  readonly exists: ReadonlySet<number>;
  /** For each entry, where a walk to it ends when it is missing: at the first on the way that is not known to exist. */
  readonly ends: readonly number[];
  /** Entries that were listed, or have something in them. */
  readonly directories: ReadonlySet<number>;
}

/** Operations that name a path. The others act on a file that is already open. */
const WALKS: ReadonlySet<string> = new Set([
  ...['stat', 'open', 'opendir', 'readlink', 'exec', 'chdir', 'statfs'],
  ...['create', 'rename', 'unlink', 'mkdir'],
]);

/** Opening a link opens what it leads to; only these look at the link itself. */
const NOT_FOLLOWING: ReadonlySet<string> = new Set(['readlink', 'unlink', 'rename', 'mkdir']);

/** Whether an access tells that its path is there: other errors than these come after it was found. */
const proves = ({ error }: Access) => error !== 'ENOENT' && error !== 'ENOTDIR';

const lists = ({ operation }: Access) => operation === 'opendir' || operation === 'readdir';

export function observe(paths: Accesses['paths'], walk: Walk, accesses: readonly Access[]): ObservedTree {
  const proving = accesses.filter(proves);
  const seen = new Set<number>();
  const stack = [...new Set(proving.map(({ path }) => path))];
  for (let path = stack.pop(); path !== undefined; path = stack.pop()) {
    if (seen.has(path) || path >= paths.length) continue;
    seen.add(path);
    stack.push(paths[path]?.parent ?? 0);
    const link = walk.link[path];
    if (link !== undefined) stack.push(link);
  }
  const exists = new Set([0, ...[...seen].map((path) => walk.entry[path] ?? 0)]);
  const listed = proving.filter(lists).map(({ path }) => walk.file[path] ?? 0);
  const holding = [...exists].map((entry) => walk.parent[entry] ?? 0);
  const ends: number[] = [];
  // An entry's folder comes before it.
  for (const [entry, folder] of walk.parent.entries()) ends.push(exists.has(folder) ? entry : (ends[folder] ?? entry));
  return { paths, walk, exists, ends, directories: new Set([...listed, ...holding]) };
}

/** The library that the interpreter is in where its program is only a starter. */
const INTERPRETER = /^libpython\d/;

/** Folds accesses of one rank; order does not matter. */
export function tallyOf(observed: ObservedTree, accesses: Iterable<Access>): Tally {
  const tally: Tally = {
    ...{ found: new Set(), opened: new Set(), missing: new Map(), followed: new Set(), uses: new Map() },
    ...{ links: 0, steps: 0 },
  };
  const walked = new Set<number>();
  for (const access of accesses) {
    if (access.path >= observed.paths.length) continue;
    if (WALKS.has(access.operation)) countWalk(observed, tally, walked, access);
    if (access.error === '') {
      const isInterpreter = INTERPRETER.test(observed.paths[access.path]?.name ?? '');
      countUse(tally, observed.walk.file[access.path] ?? 0, access, isInterpreter);
    }
  }
  return tally;
}

function countWalk(observed: ObservedTree, tally: Tally, walked: Set<number>, access: Access): void {
  const { walk, paths, exists, ends } = observed;
  const { path, operation, error, count } = access;
  const entry = walk.entry[path] ?? 0;
  markWay(observed, tally, walked, paths[path]?.parent ?? 0);
  tally.steps += count * (walk.depth[path] ?? 0);
  tally.links += count * (walk.links[path] ?? 0);
  if (error === 'ENOENT') {
    const missing = ends[entry] ?? entry;
    tally.missing.set(missing, (tally.missing.get(missing) ?? 0) + count);
    return;
  }
  if (!exists.has(entry)) return;
  if (walk.link[path] !== undefined && !NOT_FOLLOWING.has(operation)) {
    markWay(observed, tally, walked, path);
    tally.links += count * finalLinks(walk, path);
    return;
  }
  (operation === 'open' || operation === 'opendir' ? tally.opened : tally.found).add(entry);
  if (operation === 'readlink' && error === '') countLink(walk, tally, entry, count);
}

function countLink(walk: Walk, tally: Tally, entry: number, count: number): void {
  tally.followed.add(entry);
  if (walk.shared[entry]) tally.links += count;
}

/** Marks a directory and all that was walked to reach it; through links, the ways to their targets too. */
function markWay({ paths, walk, exists }: ObservedTree, tally: Tally, walked: Set<number>, folder: number): void {
  // Most ways are known already.
  if (folder === 0 || walked.has(folder)) return;
  const stack = [folder];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (at === 0 || walked.has(at)) continue;
    walked.add(at);
    stack.push(paths[at]?.parent ?? 0);
    const entry = walk.entry[at] ?? 0;
    if (exists.has(entry)) tally.found.add(entry);
    const link = walk.link[at];
    if (link === undefined) continue;
    tally.followed.add(entry);
    stack.push(link);
  }
}

function countUse(tally: Tally, file: number, { operation, count, bytes }: Access, isInterpreter: boolean): void {
  const use = tally.uses.get(file) ?? unused();
  tally.uses.set(file, use);
  switch (operation) {
    case 'open':
      use.opens += count;
      break;
    case 'exec':
      use.opens += count;
      use.executed = true;
      use.programBytes = Math.max(use.programBytes, bytes);
      break;
    case 'create':
      use.opens += count;
      use.changes += count;
      break;
    case 'opendir':
      use.directoryOpens += count;
      break;
    case 'readdir':
      use.listings += count;
      break;
    case 'stat':
      use.stats += count;
      break;
    case 'read':
      use.readBytes += bytes;
      use.mostReadBytes = Math.max(use.mostReadBytes, bytes);
      break;
    case 'map':
      if (isInterpreter) use.programBytes = Math.max(use.programBytes, bytes);
      use.mappedBytes += bytes;
      use.mostMappedBytes = Math.max(use.mostMappedBytes, bytes);
      break;
    case 'write':
      use.writtenBytes += bytes;
      break;
    case 'rename':
    case 'unlink':
    case 'mkdir':
    case 'lock':
      use.changes += count;
      break;
  }
}

function unused(): Use {
  const calls = { opens: 0, directoryOpens: 0, listings: 0, stats: 0, changes: 0 };
  const bytes = { readBytes: 0, mappedBytes: 0, writtenBytes: 0, mostReadBytes: 0, mostMappedBytes: 0 };
  return { ...calls, ...bytes, executed: false, programBytes: 0 };
}

/** What is used of shared storage, each file once and whole, as far as the accesses show it. */
export function imageOf({ uses }: Tally, { walk, directories }: ObservedTree) {
  const files = [...uses].filter(
    ([file, use]) => walk.shared[file] && !directories.has(file) && (use.opens > 0 || use.mappedBytes > 0),
  );
  const bytes = sum(files, ([, { mostReadBytes, mostMappedBytes, programBytes }]) =>
    Math.max(mostReadBytes, mostMappedBytes, programBytes),
  );
  return { files: files.length, bytes };
}
