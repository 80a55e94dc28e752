import type { PathNode } from '#schema';

/** What a path's name says that it is. `plain` is everything else: folders and data. */
export type PathKind =
  | 'plain'
  | 'bytecode'
  | 'written-bytecode'
  | 'bytecode-folder'
  | 'source'
  | 'extension'
  | 'shared-object'
  | 'path-configuration'
  | 'metadata'
  | 'loader-configuration'
  | 'hardware-capability'
  | 'pseudo';

// First match counts. Bytecode is written beside, as `x.cpython-311.pyc.140234`, then renamed (importlib's _write_atomic).
const kindsOfName: readonly (readonly [RegExp, PathKind])[] = [
  [/^ld\.so\.(cache|preload|conf)$/, 'loader-configuration'],
  [/\.(dist-info|egg-info|egg-link)$/, 'metadata'],
  [/^entry_points\.txt$/, 'metadata'],
  [/\.pyc$/, 'bytecode'],
  [/\.pyc\.\d+$/, 'written-bytecode'],
  [/^__pycache__$/, 'bytecode-folder'],
  [/\.py$/, 'source'],
  [/\.(cpython-\d[\w-]*|pypy[\w-]*|graalpy[\w-]*|abi3|abi3t)\.so$/, 'extension'],
  [/\.so(\.[\w.]+)?$/, 'shared-object'],
  [/\.(pth|start)$/, 'path-configuration'],
  [/^glibc-hwcaps$/, 'hardware-capability'],
];

/** Kinds that hold for everything below a folder of that kind. */
const inherited: ReadonlySet<PathKind> = new Set(['metadata', 'pseudo']);
const pseudoRoots: ReadonlySet<string> = new Set(['proc', 'sys', 'dev']);

function kindOf({ parent, name }: PathNode, parentKind: PathKind): PathKind {
  if (inherited.has(parentKind)) return parentKind;
  if (parent === 0 && pseudoRoots.has(name)) return 'pseudo';
  const kind = kindsOfName.find(([pattern]) => pattern.test(name))?.[1];
  if (kind !== undefined) return kind;
  return parentKind === 'hardware-capability' ? parentKind : 'plain';
}

/** The kind of every path, in the paths' order. */
export function pathKinds(paths: readonly PathNode[]): readonly PathKind[] {
  const kinds: PathKind[] = [];
  for (const node of paths) kinds.push(kindOf(node, kinds[node.parent] ?? 'plain'));
  return kinds;
}
