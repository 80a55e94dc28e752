import type { Artifacts } from '#schema';

/** `sys.implementation.name`, as people write it. */
const IMPLEMENTATIONS: ReadonlyMap<string, string> = new Map([
  ['cpython', 'CPython'],
  ['pypy', 'PyPy'],
  ['graalpy', 'GraalPy'],
]);

/** `CPython 3.12.1`. */
export function sayPython({
  implementation,
  version,
}: Pick<Artifacts['python'], 'implementation' | 'version'>): string {
  return `${IMPLEMENTATIONS.get(implementation.toLowerCase()) ?? implementation} ${version}`;
}
