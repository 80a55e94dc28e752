import { type Access, type Accesses, findPath, type Imports, isWithin, type PathTree, type Run } from '#schema';

/** Whether the start was seen to its end and went well: only then does "nothing was loaded from there" prove anything. */
export function sawWholeStart(run: Run): boolean {
  const { outcome } = run;
  return !run.truncated && outcome.kind === 'exited' && outcome.status === 0;
}

/** Tests whether a path, by its index, lies strictly below `folder`. */
export function below(paths: PathTree, folder: string): (path: number) => boolean {
  const top = findPath(paths, folder);
  const known = new Map<number, boolean>();
  const isBelow = (path: number): boolean => {
    const answer = known.get(path);
    if (answer !== undefined) return answer;
    known.set(path, false); // ends a cycle
    const parent = paths[path]?.parent;
    const found = path !== 0 && parent !== undefined && (parent === top || isBelow(parent));
    known.set(path, found);
    return found;
  };
  return top === undefined ? () => false : isBelow;
}

/**
 * Whether anything below `folder` was imported or found, in start or after it. The finder looks below an entry only
 * when the listing has a match, so even a successful stat there means that the entry matters (a namespace package).
 */
export function isUsed(
  folder: string,
  { imports, accesses }: { imports: Imports; accesses: Accesses },
  counts: (access: Access) => boolean = () => true,
): boolean {
  if (imports.nodes.some(({ origin }) => origin !== undefined && isWithin(origin, folder))) return true;
  const isBelow = below(accesses.paths, folder);
  return accesses.accesses.some((access) => access.error === '' && isBelow(access.path) && counts(access));
}
