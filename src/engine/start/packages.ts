import { type Accesses, type ImportNode, type Imports, isWithin, type Python, type Report } from '#schema';
import { callsByImport } from './calls.ts';

const STANDARD_LIBRARY = '(standard library)';

/** What a table can hold; the icicle shows the rest. */
const MOST_PACKAGES = 100;

/** PyPA's normal form of a project name. */
const normalize = (name: string) => name.toLowerCase().replace(/[-_.]+/g, '-');

function isStandard({ origin, loader, module }: ImportNode, stdlib: string): boolean {
  if (loader === 'builtin' || loader === 'frozen') return true;
  if (origin === undefined || module === '__main__') return false;
  return isWithin(origin, stdlib) && !/\/(site|dist)-packages(\/|$)/.test(origin);
}

function packageOf(node: ImportNode, python: Python | undefined): string {
  const [top = ''] = node.module.split('.');
  return python && isStandard(node, python.stdlib) ? STANDARD_LIBRARY : top;
}

/** Versions by the name of the package; a project may install packages of other names, they stay without. */
function versionsOf(python: Python | undefined): ReadonlyMap<string, string> {
  const versions = new Map(python?.distributions.map(({ name, version }) => [normalize(name), version]));
  if (python) versions.set(STANDARD_LIBRARY, python.version);
  return versions;
}

/** What the start imported, by top-level package, the slowest first. */
export function listPackages(
  imports: Imports,
  python: Python | undefined,
  accesses: Accesses | undefined,
): Report['packages'] {
  const calls = callsByImport(accesses);
  const versions = versionsOf(python);
  const rows = new Map<string, Report['packages'][number]>();
  for (const node of imports.nodes.filter(({ inStart }) => inStart)) {
    const name = packageOf(node, python);
    const version = versions.get(name) ?? versions.get(normalize(name));
    const row = rows.get(name) ?? { name, ...(version ? { version } : {}), modules: 0, selfSeconds: 0, calls: 0 };
    rows.set(name, row);
    row.modules += node.outcome === 'loaded' ? 1 : 0;
    row.selfSeconds += node.selfSeconds;
    row.calls += calls.get(node.id) ?? 0;
  }
  return [...rows.values()].sort((a, b) => b.selfSeconds - a.selfSeconds).slice(0, MOST_PACKAGES);
}
