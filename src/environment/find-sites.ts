import { absolutePath, join, nameOf } from '#base';
import type { Host } from '#host';
import type { SiteFolder } from '#schema';
import { type FoundPython, sitesOfPrefix } from './read-python.ts';
import { readText } from './read-text.ts';

/** What surrounds an environment when it is used. */
export interface Surroundings {
  /** Entries of PYTHONPATH. */
  readonly pythonPath: readonly string[];
  /** The user's own packages, `~/.local/lib/python3.12/site-packages`, where the user's are not switched off. */
  readonly userSite?: string;
}

const MOST_CONFIGURATIONS = 1000;

/** Folders that lines of `.pth` files name: those that begin with `import` are code, which is not run. */
async function namedByConfigurations(host: Host, site: string): Promise<string[]> {
  const listed = await host.list(site);
  const names = (listed.ok ? listed.value : []).map(({ name }) => name).filter((name) => name.endsWith('.pth'));
  const folders: string[] = [];
  for (const name of names.sort().slice(0, MOST_CONFIGURATIONS)) {
    const text = await readText(host, join(site, name), 1024 * 1024);
    for (const line of text.ok ? text.value.split('\n') : []) {
      const entry = line.trim();
      if (entry !== '' && !entry.startsWith('#') && !/^import[\s]/.test(entry)) folders.push(absolutePath(site, entry));
    }
  }
  return folders;
}

/** The folders that distributions can be in, in the order of `sys.path`; one that is no folder is left out. */
export async function findSites(host: Host, found: FoundPython, around: Surroundings): Promise<SiteFolder[]> {
  const { python, own } = found;
  const sites: SiteFolder[] = around.pythonPath.map((path) => ({ path, origin: 'pythonpath' }));
  const userMaySee = found.form !== 'venv' || python.withSystemSites;
  // https://docs.python.org/3/library/site.html: the user's come before those of the prefix.
  if (around.userSite !== undefined && userMaySee) sites.push({ path: around.userSite, origin: 'user' });
  for (const path of own) {
    sites.push({ path, origin: 'own' });
    for (const named of await namedByConfigurations(host, path)) sites.push({ path: named, origin: 'pth' });
  }
  if (python.withSystemSites && python.basePrefix !== undefined) {
    const base = await sitesOfPrefix(host, python.basePrefix, python.version);
    sites.push(...base.map((path) => ({ path, origin: 'base' }) as const));
  }
  return existingOnce(host, sites);
}

async function existingOnce(host: Host, sites: readonly SiteFolder[]): Promise<SiteFolder[]> {
  const seen = new Set<string>();
  const kept: SiteFolder[] = [];
  for (const site of sites) {
    const real = await host.realPath(site.path);
    if (!real.ok || real.value === undefined || seen.has(real.value)) continue;
    const listed = await host.list(site.path);
    if (!listed.ok) continue;
    seen.add(real.value);
    kept.push(site);
  }
  return kept;
}

/** Whether a folder holds installed distributions, as `--target` leaves one. */
export async function holdsDistributions(host: Host, folder: string): Promise<boolean> {
  const listed = await host.list(folder);
  return (
    listed.ok && (listed.value.some(({ name }) => name.endsWith('.dist-info')) || nameOf(folder) === 'site-packages')
  );
}
