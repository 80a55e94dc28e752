import type { Access, ImportNode, Imports } from '#schema';

/** The imports of the start as a tree. */
export interface ImportTree {
  /** Imports that began before the end of start. */
  readonly nodes: readonly ImportNode[];
  parentOf(node: ImportNode): ImportNode | undefined;
  /** The imports around it, innermost first. */
  around(node: ImportNode): ImportNode[];
  /** The imports and all inside them, each once. */
  within(roots: readonly ImportNode[]): ReadonlySet<number>;
  /** From `__main__` down to the module that asked. */
  pulledInBy(node: ImportNode): string[];
}

/** Deeper than imports nest in Python; bounds a walk through a hostile tree. */
const DEEPEST = 1000;

export function importTree(imports: Imports): ImportTree {
  const nodes = imports.nodes.filter(({ inStart }) => inStart);
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const children = new Map<number, number[]>();
  for (const { id, parent } of nodes) {
    if (parent === undefined) continue;
    const siblings = children.get(parent);
    if (siblings) siblings.push(id);
    else children.set(parent, [id]);
  }
  const parentOf = (node: ImportNode) => (node.parent === undefined ? undefined : byId.get(node.parent));
  const around = (node: ImportNode): ImportNode[] => {
    const found: ImportNode[] = [];
    for (let at = parentOf(node); at && found.length < DEEPEST; at = parentOf(at)) found.push(at);
    return found;
  };

  return {
    nodes,
    parentOf,
    around,
    within(roots) {
      const found = new Set<number>();
      const waiting = roots.map(({ id }) => id);
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        if (found.has(id)) continue;
        found.add(id);
        waiting.push(...(children.get(id) ?? []));
      }
      return found;
    },
    pulledInBy: (node) => [
      node.level === 'site' ? 'site' : '__main__',
      ...around(node)
        .map(({ module }) => module)
        .reverse(),
    ],
  };
}

/** The name before the first dot: what is installed and imported as one. */
export function packageOf(module: string): string {
  const dot = module.indexOf('.');
  return dot < 0 ? module : module.slice(0, dot);
}

/** The imports of each package, those that were entered from outside it first. */
export interface PackageImports {
  readonly name: string;
  readonly own: readonly ImportNode[];
  /** The imports of the package that another package or `__main__` asked for, and no import of the package is around. */
  readonly roots: readonly ImportNode[];
}

export function packagesOf(tree: ImportTree): PackageImports[] {
  const own = new Map<string, ImportNode[]>();
  for (const node of tree.nodes) {
    const name = packageOf(node.module);
    const nodes = own.get(name);
    if (nodes) nodes.push(node);
    else own.set(name, [node]);
  }
  return [...own].map(([name, nodes]) => ({
    name,
    own: nodes,
    roots: nodes.filter((node) => !tree.around(node).some(({ module }) => packageOf(module) === name)),
  }));
}

/** Chooses the start's accesses made for these imports. */
export function madeFor(imports: ReadonlySet<number>): (access: Access) => boolean {
  return ({ import: id, phase }) => id !== 0 && phase !== 'after-start' && imports.has(id);
}
