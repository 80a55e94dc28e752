import { folderOf, join } from '#base';
import type { Host } from '#host';
import type { Environment } from '#schema';
import { readText } from './read-text.ts';

export interface FoundPython {
  readonly python: NonNullable<Environment['python']>;
  readonly form: 'venv' | 'conda' | 'prefix';
  /** Folders of packages in the environment itself. */
  readonly own: readonly string[];
}

/** `python3.12`, `python3.13t`, `pypy3.10`. */
const LIBRARY = /^(?:python|pypy)(\d\.\d{1,2})t?$/;
const SITE_NAMES = ['site-packages', 'dist-packages'];

/** Keys and values of `pyvenv.cfg`, https://docs.python.org/3/library/site.html: names in small letters. */
function readConfiguration(text: string): ReadonlyMap<string, string> {
  const pairs = text.split('\n').map((line) => /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(line));
  return new Map(pairs.flatMap((pair) => (pair?.[1] === undefined ? [] : [[pair[1].toLowerCase(), pair[2] ?? '']])));
}

interface Library {
  readonly folder: string;
  readonly version: string;
}

/** `lib/python3.12` and its like; `lib64` where it is no link to `lib`. */
async function findLibraries(host: Host, prefix: string): Promise<Library[]> {
  const found: Library[] = [];
  for (const lib of ['lib', 'lib64']) {
    const status = await host.status(join(prefix, lib));
    if (!status.ok || status.value?.type !== 'folder') continue;
    const listed = await host.list(join(prefix, lib));
    for (const { name } of listed.ok ? listed.value : []) {
      const version = LIBRARY.exec(name)?.[1];
      if (version !== undefined) found.push({ folder: join(join(prefix, lib), name), version });
    }
  }
  return found.sort((a, b) => (a.folder < b.folder ? -1 : 1));
}

async function existing(host: Host, folders: readonly string[]): Promise<string[]> {
  const there: string[] = [];
  for (const folder of folders) {
    const real = await host.realPath(folder);
    if (real.ok && real.value !== undefined) there.push(folder);
  }
  return there;
}

const sitesOf = (libraries: readonly Library[]) =>
  libraries.flatMap(({ folder }) => SITE_NAMES.map((name) => join(folder, name)));

/** Of Debian, where the version stands in no folder's name. */
const DEBIAN_SITE = 'lib/python3/dist-packages';

/** The folders of packages of a Python's own prefix. */
export async function sitesOfPrefix(host: Host, prefix: string, version?: string): Promise<string[]> {
  const libraries = (await findLibraries(host, prefix)).filter((one) => !version || version.startsWith(one.version));
  const local = prefix === '/usr' ? await findLibraries(host, '/usr/local') : [];
  const ofVersion = local.filter((one) => !version || version.startsWith(one.version));
  return existing(host, [...sitesOf(ofVersion), ...sitesOf(libraries), join(prefix, DEBIAN_SITE)]);
}

/** The Python of a prefix: what is said of it in files. Undefined where this is none. */
export async function readPython(host: Host, prefix: string): Promise<FoundPython | undefined> {
  const configuration = await readText(host, join(prefix, 'pyvenv.cfg'), 65_536);
  const libraries = await findLibraries(host, prefix);
  const own = await existing(host, sitesOf(libraries));
  const [first] = libraries;
  if (configuration.ok) return readVenv(host, prefix, readConfiguration(configuration.value), { own, first });
  if (!first) return undefined;
  const conda = await host.list(join(prefix, 'conda-meta'));
  const executable = join(prefix, 'bin/python3');
  return {
    form: conda.ok ? 'conda' : 'prefix',
    own: conda.ok || own.length > 0 ? own : await sitesOfPrefix(host, prefix),
    python: {
      version: first.version,
      basePrefix: prefix,
      withSystemSites: false,
      ...(await whether(host, executable)),
    },
  };
}

async function whether(host: Host, executable: string): Promise<{ executable: string; isThere: boolean }> {
  const real = await host.realPath(executable);
  return { executable, isThere: real.ok && real.value !== undefined };
}

async function readVenv(
  host: Host,
  prefix: string,
  configuration: ReadonlyMap<string, string>,
  { own, first }: { readonly own: readonly string[]; readonly first: Library | undefined },
): Promise<FoundPython> {
  const home = configuration.get('home');
  const version = configuration.get('version') ?? configuration.get('version_info') ?? first?.version;
  return {
    form: 'venv',
    own,
    python: {
      ...(version === undefined ? {} : { version: version.replace(/\.final.*$/, '') }),
      ...(home?.startsWith('/') ? { basePrefix: folderOf(home) } : {}),
      ...(await whether(host, join(prefix, 'bin/python'))),
      withSystemSites: configuration.get('include-system-site-packages')?.toLowerCase() === 'true',
    },
  };
}
