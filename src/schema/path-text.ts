/** A tree of path components; `parent` is an index into the same list, entry 0 is the root directory. */
export type PathTree = readonly {
  readonly parent: number;
  readonly name: string;
  readonly removed?: boolean | undefined;
}[];

/** Deeper than any real path; bounds a walk through a hostile tree. */
const DEEPEST = 4096;

/**
 * The path at `index` as text: `/opt/env/lib`. A path under the home folder begins with `~`. Of data only a digest is
 * known, and the folder where that is one of code.
 */
export function pathText(paths: PathTree, index: number): string {
  const node = paths[index];
  if (node?.removed) {
    const isFolderKnown = node.parent > 0 && !paths[node.parent]?.removed;
    return `${isFolderKnown ? `${pathText(paths, node.parent)}/` : ''}<data ${node.name}>`;
  }
  const names: string[] = [];
  let at = index;
  for (let depth = 0; at > 0 && depth < DEEPEST; depth += 1) {
    const node = paths[at];
    if (!node) break;
    names.push(node.name);
    at = node.parent;
  }
  if (names.length === 0) return '/';
  const text = names.reverse().join('/');
  return text === '~' || text.startsWith('~/') ? text : `/${text}`;
}

/** Whether `path` is `folder` or lies below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith('/') ? folder : `${folder}/`);
}

/** Index of the path written `text`, if it is in the tree. */
export function findPath(paths: PathTree, text: string): number | undefined {
  const name = text === '/' ? '' : text.slice(text.lastIndexOf('/') + 1);
  const index = paths.findIndex((node, at) => node.name === name && pathText(paths, at) === text);
  return index < 0 ? undefined : index;
}
