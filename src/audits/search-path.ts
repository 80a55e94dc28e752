import { isWithin, type Python } from '#schema';

/** The entry of `sys.path` that a file was found through: the deepest around it. */
export function entryOf(path: string, { pathEntries }: Python): string | undefined {
  const around = pathEntries.filter((entry) => isWithin(path, entry.path));
  return around.sort((a, b) => b.path.length - a.path.length)[0]?.path;
}
