import type { ImportSpan, PathNode } from '#schema';

/** What is known of an import while its file operations go by. */
export interface ImportContext {
  /** Last part of the module's name, which is what its files are called. */
  readonly leaf: string;
  /** Searched on `sys.path`, not in its package. */
  readonly topLevel: boolean;
  readonly namespace: boolean;
  readonly isInZip: boolean;
  /** The file it came from, 0 when there is none. */
  readonly origin: number;
  /** The folder (or zip file) in which the finder found it, 0 when it did not. */
  readonly foundIn: number;
  /** False while the finder searches; true once its own code was opened, so that what follows is its code's doing. */
  executing: boolean;
}

function folderOf(paths: readonly PathNode[], path: number): number {
  return paths[path]?.parent ?? 0;
}

function isPackageFile(name: string): boolean {
  return name.startsWith('__init__.');
}

function importContext(paths: readonly PathNode[], { module, origin = 0, loader }: ImportSpan): ImportContext {
  const folder = folderOf(paths, origin);
  const isPackage = isPackageFile(paths[origin]?.name ?? '');
  return {
    leaf: module.slice(module.lastIndexOf('.') + 1),
    topLevel: !module.includes('.'),
    namespace: loader === 'namespace',
    isInZip: loader === 'zip',
    origin,
    foundIn: isPackage ? folderOf(paths, folder) : folder,
    executing: false,
  };
}

/** By the import's id within its process. */
export function importContexts(
  paths: readonly PathNode[],
  spans: readonly ImportSpan[],
): ReadonlyMap<number, ImportContext> {
  return new Map(spans.map((span) => [span.id, importContext(paths, span)]));
}

/** Whether a file is called as this module's own source, bytecode or extension is. */
export function isOwnFile(paths: readonly PathNode[], { leaf, origin }: ImportContext, path: number): boolean {
  if (path === origin) return path !== 0;
  const name = paths[path]?.name ?? '';
  if (!isPackageFile(name)) return name.startsWith(`${leaf}.`);
  const folder = folderOf(paths, path);
  const isCache = paths[folder]?.name === '__pycache__';
  return paths[isCache ? folderOf(paths, folder) : folder]?.name === leaf;
}
