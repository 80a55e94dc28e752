/** `2.9` before `2.28`, `3.4` before `3.4.1`: number by number. For versions of plain numbers with dots between them. */
export function compareVersions(one: string, other: string): number {
  const [mine, theirs] = [one.split('.').map(Number), other.split('.').map(Number)];
  for (let at = 0; at < Math.max(mine.length, theirs.length); at += 1) {
    const difference = (mine[at] ?? -1) - (theirs[at] ?? -1);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The later of two, where both are known. */
export function laterVersion(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return compareVersions(one, other) < 0 ? other : one;
}
