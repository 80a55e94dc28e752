import { inOrder, join } from '#base';
import type { Host } from '#host';

/** A file or link below a folder. */
export interface WalkedFile {
  readonly path: string;
  readonly name: string;
  readonly isLink: boolean;
}

export interface Walked {
  /** Those whose names were wanted. */
  readonly files: readonly WalkedFile[];
  /** Of all files and links, wanted or not. */
  readonly paths: ReadonlySet<string>;
  /** Those of `paths` that are links, whether they lead anywhere or not. */
  readonly links: ReadonlySet<string>;
  readonly folderCount: number;
  readonly unknown: readonly { readonly what: string; readonly because: string }[];
}

/** Deeper than any package; links to folders are not followed, so that no loop can be met. */
const DEEPEST = 64;
const MOST_FOLDERS = 1_000_000;

interface Walk {
  readonly host: Host;
  readonly isWanted: (name: string) => boolean;
  readonly enters: (path: string, name: string) => boolean;
  readonly files: WalkedFile[];
  readonly paths: Set<string>;
  readonly links: Set<string>;
  readonly unknown: { what: string; because: string }[];
  folderCount: number;
}

/** One folder: its files are taken, the folders in it are told. */
async function takeFolder(folder: string, walk: Walk): Promise<string[]> {
  const listed = await walk.host.list(folder);
  if (!listed.ok) {
    walk.unknown.push({ what: folder, because: listed.failure.message.replace(`${folder}: `, '') });
    return [];
  }
  walk.folderCount += 1;
  const below: string[] = [];
  for (const { name, type } of listed.value) {
    if (type === 'folder') {
      const path = join(folder, name);
      if (walk.enters(path, name)) below.push(path);
      continue;
    }
    const path = join(folder, name);
    walk.paths.add(path);
    if (type === 'link') walk.links.add(path);
    if (type !== 'other' && walk.isWanted(name)) walk.files.push({ path, name, isLink: type === 'link' });
  }
  return below;
}

/** All files below a folder whose names are wanted, in the order of their paths; what cannot be listed is told. */
export async function walkFolder(
  host: Host,
  root: string,
  isWanted: (name: string) => boolean,
  enters: (path: string, name: string) => boolean = () => true,
): Promise<Walked> {
  const walk: Walk = {
    host,
    isWanted,
    enters,
    files: [],
    paths: new Set(),
    links: new Set(),
    unknown: [],
    folderCount: 0,
  };
  let level = [root];
  for (let depth = 0; level.length > 0 && depth < DEEPEST && walk.folderCount < MOST_FOLDERS; depth += 1) {
    const next: string[] = [];
    const taken = inOrder(
      level,
      () => 1,
      (folder) => takeFolder(folder, walk),
    );
    for await (const [, below] of taken) next.push(...below);
    level = next;
  }
  if (level.length > 0)
    walk.unknown.push({ what: root, because: 'it is deeper or has more folders than any environment' });
  const { files, paths, links, folderCount, unknown } = walk;
  return { files: files.sort((a, b) => (a.path < b.path ? -1 : 1)), paths, links, folderCount, unknown };
}
