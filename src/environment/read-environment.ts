import { absolutePath, failure, inOrder, join, nameOf, type Result, success } from '#base';
import { readCondaPackage, readWheelName } from '#formats/wheel';
import type { Host } from '#host';
import { type Distribution, ENVIRONMENT_VERSION, type Environment, type NativeObject, type SiteFolder } from '#schema';
import { listGone, listOverlaps, type RecordedFiles, recordedFiles } from './compare-records.ts';
import { findSites, holdsDistributions, type Surroundings } from './find-sites.ts';
import { tellMpiUse } from './mpi-symbols.ts';
import { readDistribution } from './read-distribution.ts';
import { type ReadObject, readObject } from './read-object.ts';
import type { ReadObjects } from './read-once.ts';
import { type FoundPython, readPython } from './read-python.ts';
import { readText } from './read-text.ts';
import { listUnlikeCopies } from './unlike-copies.ts';
import { type WalkedFile, walkFolder } from './walk-folder.ts';

type Unknown = Environment['unknown'];

const NATIVE = /\.so(?:\.[\w.]+)?$/;
/** Bytecode is as many files as the sources: nothing of it is asked. */
const entersFolder = (_: string, name: string) => name !== '__pycache__';
/** Of libraries in a prefix: its Python packages are sites. */
const entersPrefix = (path: string, name: string) => entersFolder(path, name) && !/^(?:site|dist)-packages$/.test(name);

/** No more than the largest environments have. */
const MOST_DISTRIBUTIONS = 20_000;
const MOST_OBJECTS = 100_000;
const LARGEST_CONDA = 64 * 1024 * 1024;

/** Where an environment is read, and what is around it. */
export interface EnvironmentQuestion {
  readonly place: string;
  readonly around: Surroundings;
  /** Files that were read before are not read again; those that are read are added. */
  readonly known?: ReadObjects;
  /** False: files are not held against RECORDs and against each other. Who asks for a library does without. */
  readonly compares?: boolean;
}

/**
 * What an environment contains: a venv, a conda prefix, a Python's own prefix, or a folder of packages. Of its files names,
 * metadata and headers are read, nothing is run, so that it may be of another machine.
 */
export async function readEnvironment(
  host: Host,
  { place, around, known = new Map(), compares = true }: EnvironmentQuestion,
): Promise<Result<Environment>> {
  const found = await readPython(host, place);
  if (!found && !(await holdsDistributions(host, place))) {
    return failure({
      code: 'environment/none',
      message: `${place} is neither an environment of Python nor a folder of packages`,
      hint: 'Name the folder that has pyvenv.cfg or conda-meta in it, a site-packages folder, or wheels.',
    });
  }
  const sites = found
    ? await findSites(host, found, around)
    : [
        ...around.pythonPath.map((path): SiteFolder => ({ path, origin: 'pythonpath' })),
        { path: place, origin: 'own' as const },
      ];
  return success(await readSites(host, { place, form: found?.form ?? 'folder', found, sites, known, compares }));
}

const NO_METADATA = 'there is no NAME-VERSION.dist-info in it';

function namedBy(path: string): Pick<Distribution, 'named'> {
  const name = readWheelName(nameOf(path));
  if (!name.ok) return {};
  const { distribution, version, platforms, pythons, abis } = name.value;
  const tags = { platforms: [...platforms], pythons: [...pythons], abis: [...abis] };
  return { named: { file: nameOf(path), name: distribution, version, ...tags } };
}

/** What wheels contain; `host` shows each as a folder. */
export async function readWheels(host: Host, places: readonly [string, ...string[]]): Promise<Environment> {
  const sites = places.map((path): SiteFolder => ({ path, origin: 'archive' }));
  const read = await readSites(host, {
    ...{ place: places[0], form: 'wheels', found: undefined, sites, known: new Map(), compares: true },
  });
  const unknown = [...read.unknown];
  for (const [site, path] of places.entries()) {
    const name = readWheelName(nameOf(path));
    if (!name.ok) unknown.push({ what: path, because: name.failure.message });
    else if (!read.distributions.some((one) => one.site === site)) unknown.push({ what: path, because: NO_METADATA });
  }
  const distributions = read.distributions.map((one) => ({ ...one, ...namedBy(places[one.site] ?? '') }));
  return { ...read, distributions, unknown };
}

interface Place {
  readonly place: string;
  readonly form: Environment['form'];
  readonly found: FoundPython | undefined;
  readonly sites: readonly SiteFolder[];
  readonly known: ReadObjects;
  readonly compares: boolean;
}

async function readSites(host: Host, { place, form, found, sites, known, compares }: Place): Promise<Environment> {
  const conda = found?.form === 'conda' ? await readCondaPackages(host, place) : { packages: [], unknown: [] };
  const distributions = await readDistributions(host, sites, compares);
  const walked = await walkAll(host, [
    ...sites.filter(({ origin }) => origin !== 'base').map(({ path }) => [path, entersFolder] as const),
    // A prefix has libraries beside its Python: conda's, and those of distributions like `mpich`.
    ...(found && found.form !== 'prefix' ? [[join(place, 'lib'), entersPrefix] as const] : []),
  ]);
  const objects = await readObjects(host, walked.files, known);
  const owned = attribute(objects.list, distributions.owners);
  // The base's folders are not walked.
  const records = distributions.records.filter(({ distribution }) => {
    const site = distributions.list[distribution]?.site;
    return site !== undefined && sites[site]?.origin !== 'base';
  });
  const gone = await listGone(host, records, walked);
  const overlaps = listOverlaps(records, objects.list);
  const inventory = { form, distributions: distributions.list, objects: owned };
  const unlike = compares ? await listUnlikeCopies(host, inventory) : [];
  return {
    kind: 'pharos-environment',
    version: ENVIRONMENT_VERSION,
    place,
    form,
    ...(found ? { python: found.python } : {}),
    sites: [...sites],
    distributions: distributions.list.map((one, index) => {
      const missing = gone.get(index);
      return missing ? { ...one, gone: missing } : one;
    }),
    objects: compares ? await tellMpiUse(host, inventory) : owned,
    conda: conda.packages,
    ...(overlaps.length > 0 ? { overlaps } : {}),
    ...(unlike.length > 0 ? { unlike } : {}),
    files: walked.paths.size,
    folders: walked.folderCount,
    unknown: [...conda.unknown, ...distributions.unknown, ...walked.unknown, ...objects.unknown],
  };
}

async function walkAll(host: Host, roots: readonly (readonly [string, (path: string, name: string) => boolean])[]) {
  const all = {
    files: [] as WalkedFile[],
    paths: new Set<string>(),
    links: new Set<string>(),
    folderCount: 0,
    unknown: [] as Unknown,
  };
  const seen = new Set<string>();
  for (const [root, enters] of roots) {
    const walked = await walkFolder(host, root, (name) => NATIVE.test(name), enters);
    all.files.push(...walked.files.filter(({ path }) => !seen.has(path)));
    for (const { path } of walked.files) seen.add(path);
    for (const path of walked.paths) all.paths.add(path);
    for (const path of walked.links) all.links.add(path);
    all.folderCount += walked.folderCount;
    all.unknown.push(...walked.unknown);
  }
  return all;
}

async function readDistributions(host: Host, sites: readonly SiteFolder[], compares: boolean) {
  const owners = new Map<string, number>();
  const list: Distribution[] = [];
  const records: RecordedFiles[] = [];
  const unknown: Unknown = [];
  const folders: { path: string; site: number; name: string }[] = [];
  for (const [site, { path }] of sites.entries()) {
    const listed = await host.list(path);
    const names = (listed.ok ? listed.value : []).map(({ name }) => name);
    const metadata = names.filter((name) => /\.(?:dist|egg)-info$/.test(name)).sort();
    folders.push(...metadata.map((name) => ({ path, site, name })));
  }
  if (folders.length > MOST_DISTRIBUTIONS) {
    unknown.push({ what: 'distributions', because: `there are more than ${MOST_DISTRIBUTIONS}` });
  }
  const some = folders.slice(0, MOST_DISTRIBUTIONS);
  for await (const [{ path }, read] of inOrder(
    some,
    () => 1,
    (folder) => readDistribution(host, folder),
  )) {
    if (!read) continue;
    for (const entry of read.entries)
      if (NATIVE.test(entry.path)) owners.set(absolutePath(path, entry.path), list.length);
    if (compares) records.push(recordedFiles(path, list.length, read.entries));
    list.push(read.distribution);
    unknown.push(...read.unknown);
  }
  return { list, owners, records, unknown };
}

async function readObjects(host: Host, files: readonly WalkedFile[], known: ReadObjects) {
  const list: ReadObject[] = [];
  const unknown: Unknown = [];
  if (files.length > MOST_OBJECTS) unknown.push({ what: 'libraries', because: `there are more than ${MOST_OBJECTS}` });
  const some = files.slice(0, MOST_OBJECTS);
  for await (const [{ path }, read] of inOrder(
    some,
    () => 1,
    (file) => readObject(host, file, known),
  )) {
    if (!read.ok) unknown.push({ what: path, because: read.failure.message.replace(`${path}: `, '') });
    else if (read.value) list.push(read.value);
  }
  return { list: tellAliases(list), unknown };
}

/** Each file once, by the path that is no link; where all are links into a store, by the first. */
function tellAliases(read: readonly ReadObject[]): NativeObject[] {
  const first = new Map<string, NativeObject>();
  for (const { object, identity } of read) {
    const known = first.get(identity);
    if (!known || (known.realPath !== undefined && object.realPath === undefined)) first.set(identity, object);
  }
  return read.map(({ object, identity }) => {
    const main = first.get(identity);
    return main === undefined || main === object ? object : { ...object, aliasOf: main.path };
  });
}

const attribute = (objects: readonly NativeObject[], owners: ReadonlyMap<string, number>): NativeObject[] =>
  objects.map((object) => {
    const distribution = owners.get(object.path);
    return distribution === undefined ? object : { ...object, distribution };
  });

async function readCondaPackages(host: Host, prefix: string) {
  const folder = join(prefix, 'conda-meta');
  const listed = await host.list(folder);
  const names = (listed.ok ? listed.value : []).map(({ name }) => name).filter((name) => name.endsWith('.json'));
  const packages: Environment['conda'] = [];
  const unknown: Unknown = [];
  for (const name of names.sort()) {
    const text = await readText(host, join(folder, name), LARGEST_CONDA);
    const read = text.ok ? readCondaPackage(text.value) : text;
    if (!read.ok) {
      unknown.push({ what: nameOf(name), because: read.failure.message });
      continue;
    }
    const { channel, build, version } = read.value;
    packages.push({ name: read.value.name, version, build, ...(channel === undefined ? {} : { channel }) });
  }
  return { packages, unknown };
}
