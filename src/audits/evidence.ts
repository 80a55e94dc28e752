import type { Evidence } from '#schema';

/** Rows that a finding shows; the rest is only counted. */
const MOST_ROWS = 12;

type Shown = Extract<Evidence, { kind: 'paths' }>['rows'][number];
type PathRow = Shown & { readonly count: number };
type ModuleRow = Extract<Evidence, { kind: 'modules' }>['rows'][number];
type LibraryRow = Extract<Evidence, { kind: 'libraries' }>['rows'][number];

/** Paths by count, largest first. */
export function pathEvidence(title: string, rows: readonly PathRow[]): Evidence {
  const sorted = [...rows].sort((a, b) => b.count - a.count || compare(a.path, b.path));
  return { kind: 'paths', title, rows: sorted.slice(0, MOST_ROWS), total: rows.length };
}

/** Files of which nothing is counted, in the order given; `total` where more are known of than are given. */
export function fileEvidence(
  title: string,
  files: readonly Pick<Shown, 'path' | 'note'>[],
  total: number = files.length,
): Evidence {
  return { kind: 'paths', title, rows: files.slice(0, MOST_ROWS), total };
}

/** Modules in the order given. */
export function moduleEvidence(title: string, rows: readonly ModuleRow[]): Evidence {
  return { kind: 'modules', title, rows: rows.slice(0, MOST_ROWS), total: rows.length };
}

export function libraryEvidence(rows: readonly LibraryRow[]): Evidence {
  const sorted = [...rows].sort((a, b) => b.bytes - a.bytes || compare(a.path, b.path));
  return { kind: 'libraries', rows: sorted.slice(0, MOST_ROWS), total: rows.length };
}

export function factEvidence(facts: Readonly<Record<string, string>>): Evidence {
  return { kind: 'facts', rows: Object.entries(facts).map(([name, value]) => ({ name, value })) };
}

/** Counts added up by a text. */
export function tally<T>(list: readonly T[], text: (item: T) => string, count: (item: T) => number): PathRow[] {
  const counts = new Map<string, number>();
  for (const item of list) {
    const name = text(item);
    counts.set(name, (counts.get(name) ?? 0) + count(item));
  }
  return [...counts].map(([path, total]) => ({ path, count: total }));
}

/** By code unit, so that every machine orders alike. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function folderOf(path: string): string {
  const slash = path.lastIndexOf('/');
  // Of removed data no folder is known.
  if (slash < 0) return path;
  return slash === 0 ? '/' : path.slice(0, slash);
}
