import { type Accesses, findPath, type Target } from '#schema';

/** How a path name leads through the directory tree of the kernel: one entry for each name in each directory, links followed. */
export interface Walk {
  /** For each path, the entry of its last component, before a symbolic link there is followed. */
  readonly entry: readonly number[];
  /** For each path, the entry of the file it leads to. */
  readonly file: readonly number[];
  /** For each path, the entries of shared storage on the way to its last component, that one included. */
  readonly depth: readonly number[];
  /** For each path, the symbolic links on shared storage that are followed before its last component. */
  readonly links: readonly number[];
  /** For each entry, the entry of its directory. */
  readonly parent: readonly number[];
  /** For each entry: on shared storage, so that opening and reading ask the server. */
  readonly shared: readonly boolean[];
  /** For each entry: its name is looked up at the server; not so for the root of a mount. */
  readonly asked: readonly boolean[];
  /** For each path, where the walk continues when a link is followed. */
  readonly link: readonly (number | undefined)[];
}

type Paths = Accesses['paths'];
type Places = Pick<Target, 'sharedMounts' | 'sharedPrefixes'>;

interface Step {
  readonly path: number;
  readonly parent: number;
  readonly target: number | undefined;
}

/** Paths so that the parent and the target of the link come before; where they go round in a circle, it is cut. */
function inOrder(paths: Paths): Step[] {
  const begun = new Set<number>([0]);
  const done = new Set<number>([0]);
  const steps: Step[] = [];
  const finish = (path: number) => {
    const { parent = 0, link } = paths[path] ?? {};
    const target = link !== undefined && done.has(link) ? link : undefined;
    steps.push({ path, parent: done.has(parent) ? parent : 0, target });
    done.add(path);
  };
  for (let first = 1; first < paths.length; first += 1) {
    const stack = begun.has(first) ? [] : [first];
    for (let path = stack.at(-1); path !== undefined; path = stack.at(-1)) {
      begun.add(path);
      const next = needed(paths, path).find((other) => !begun.has(other));
      if (next !== undefined) stack.push(next);
      else finish(stack.pop() ?? path);
    }
  }
  return steps;
}

function needed(paths: Paths, path: number): number[] {
  const { parent = 0, link = 0 } = paths[path] ?? {};
  return [parent, link].filter((other) => other < paths.length);
}

/** Paths at and below the shared prefixes. */
function prefixRoots(paths: Paths, { sharedPrefixes }: Places): Set<number> {
  return new Set(sharedPrefixes.map((prefix) => findPath(paths, prefix)).filter((index) => index !== undefined));
}

/** Directory entries as they are met, each name in each directory once. */
function entryTable(paths: Paths, places: Places) {
  const mounts = new Set(places.sharedMounts);
  const roots = prefixRoots(paths, places);
  const rootMount = paths[0]?.mount ?? 0;
  const known = new Map<string, number>();
  const mountOf = [rootMount];
  const prefixed = [roots.has(0)];
  const table = { parent: [0], shared: [mounts.has(rootMount) || roots.has(0)], asked: [false] };

  /** A path's own mount is told by its text. Behind a link, what is in a folder is on the folder's mount, unless it is the root of one. */
  const mountOfEntry = (folder: number, path: number): number => {
    const { mount = 0, parent = 0 } = paths[path] ?? {};
    return mount === paths[parent]?.mount ? (mountOf[folder] ?? mount) : mount;
  };
  const enter = (folder: number, path: number): number => {
    const { name = '', removed = false } = paths[path] ?? {};
    const key = `${folder}/${name}`;
    const old = known.get(key);
    if (old !== undefined) return old;
    const entry = table.parent.push(folder) - 1;
    known.set(key, entry);
    const inPrefix = roots.has(path) || prefixed[folder] === true;
    const mount = mountOfEntry(folder, path);
    prefixed[entry] = inPrefix;
    mountOf[entry] = mount;
    table.shared[entry] = inPrefix || mounts.has(mount);
    // The folder of a removed path is not known; it is not taken for the root of a mount.
    table.asked[entry] = inPrefix || (mounts.has(mount) && (removed || mountOf[folder] === mount));
    return entry;
  };
  /** Where a prefix is a link, what it leads to counts. */
  const lead = (path: number, file: number) => {
    if (roots.has(path)) prefixed[file] = true;
  };
  return { table, enter, lead };
}

/** Reads the tree once; what is folded from it may be asked many times. */
export function walkOf(paths: Paths, places: Places): Walk {
  const { table, enter, lead } = entryTable(paths, places);
  const numbers = () => new Array<number>(paths.length).fill(0);
  const link = new Array<number | undefined>(paths.length);
  const walk = { ...table, entry: numbers(), file: numbers(), depth: numbers(), links: numbers(), link };

  for (const { path, parent, target } of inOrder(paths)) {
    const entry = enter(walk.file[parent] ?? 0, path);
    walk.entry[path] = entry;
    walk.link[path] = target;
    walk.file[path] = target === undefined ? entry : (walk.file[target] ?? entry);
    lead(path, walk.file[path] ?? 0);
    walk.depth[path] = (walk.depth[parent] ?? 0) + Number(walk.asked[entry]);
    walk.links[path] = (walk.links[parent] ?? 0) + finalLinks(walk, parent);
  }
  return walk;
}

/** Links followed where the path itself ends: a link may lead to a link. */
export function finalLinks({ link, entry, shared }: Pick<Walk, 'link' | 'entry' | 'shared'>, path: number): number {
  let count = 0;
  let at = path;
  // The kernel gives up at 40.
  for (let next = link[at]; next !== undefined && count < 40; next = link[at]) {
    if (shared[entry[at] ?? 0]) count += 1;
    at = next;
  }
  return count;
}
