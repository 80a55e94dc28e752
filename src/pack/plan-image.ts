import { failure, folderOf, join, type Result, success } from '#base';
import { isWithin } from '#schema';
import { cacheTagOf, listBytecode } from './bytecode.ts';
import type { HeaderFacts } from './header.ts';
import { type LayerPlan, planLayers } from './layer-plan.ts';
import { type Left, leaveLibraries } from './leave-libraries.ts';
import { listReached } from './list-reached.ts';
import { type BeginningPlace, CUSTOMIZATION } from './own-files.ts';
import type { Place } from './places.ts';
import type { Recorded } from './recorded.ts';
import type { Surroundings } from './relocate/index.ts';
import { type Selected, select, type Trade } from './select.ts';
import type { Selection } from './selection.ts';
import { growTree } from './tree.ts';
import type { OwnParts, Workshop } from './workshop.ts';

/** Everything that is decided before anything is written. */
export interface ImagePlan {
  readonly recorded: Recorded;
  readonly selected: Selected;
  readonly layers: readonly LayerPlan[];
  readonly around: Surroundings;
  readonly cacheTag: string;
  readonly facts: HeaderFacts;
  readonly parts: OwnParts;
  /** Room in the header for the names of files that must name the stage. */
  readonly templateBytes: number;
  /** Content that the job used, and that is not there any more. */
  readonly gone: readonly string[];
  /** Files of the image that were changed after the recording. */
  readonly newer: readonly string[];
  readonly left: Left;
  /** What is packed, before bytecode. */
  readonly files: number;
  readonly bytes: number;
}

function surroundingsOf(
  { roots, places, folders }: Selection,
  embedded: readonly string[],
  reached: ReadonlyMap<string, readonly string[]>,
): Surroundings {
  const movedTo = async (path: string) => {
    const place = await places.find(path);
    const root = place && roots.of(place.path);
    return root !== undefined && root.kind !== 'user' ? place : undefined;
  };
  return {
    roots,
    places,
    embedded,
    moves: async (path) => (await movedTo(path)) !== undefined,
    async stagedFolder(path) {
      const place = await movedTo(path);
      return place?.status.type === 'folder' && folders.has(place.path) ? place.path : undefined;
    },
    reachedFrom: (path) => reached.get(path) ?? [],
  };
}

/** Names of a root as the job may write them: where it is, and each path that leads there over a link. */
async function namesOfRoots(recorded: Recorded, { roots, places }: Selection) {
  const { python, script } = recorded;
  const names = [python.prefix, python.basePrefix, python.stdlib, ...python.pathEntries.map(({ path }) => path)];
  if (script !== undefined) names.push(folderOf(script));
  const library = new Set<string>();
  const user = new Set<string>();
  for (const { path, kind } of roots.all) (kind === 'user' ? user : library).add(path);
  for (const name of names) {
    const place = await places.find(name);
    const root = place && roots.of(place.path);
    if (!root || roots.of(name) !== undefined) continue;
    (root.kind === 'user' ? user : library).add(name);
  }
  return { roots: [...library].sort(), userRoots: [...user].sort() };
}

type PathEntry = Recorded['python']['pathEntries'][number];

/** A folder of `sys.path` in the stage where the interpreter can begin. */
async function beginningAt({ path, origin }: PathEntry, selection: Selection): Promise<BeginningPlace | undefined> {
  const { roots, places, folders } = selection;
  const place = await places.find(path);
  const kind = place && folders.has(place.path) ? roots.of(place.path)?.kind : undefined;
  if (place === undefined || kind === undefined) return undefined;
  if (origin === 'site') return { folder: place.path, isSite: true };
  const names = await places.list(place.path);
  const isFree = kind !== 'user' && !names.some(({ name }) => name === CUSTOMIZATION);
  return isFree ? { folder: place.path, isSite: false } : undefined;
}

/** Where the staged interpreter begins: where a `.pth` file is read, else in the first packed folder of PYTHONPATH. */
async function beginningOf({ python }: Recorded, selection: Selection): Promise<BeginningPlace | undefined> {
  const ofSite = python.pathEntries.filter(({ origin }) => origin === 'site');
  const ofPath = python.pathEntries.filter(({ origin }) => origin === 'pythonpath');
  for (const entry of [...ofSite, ...ofPath]) {
    const found = await beginningAt(entry, selection);
    if (found) return found;
  }
  return undefined;
}

function listUserFiles(layers: readonly LayerPlan[]): string[] {
  return layers.flatMap(({ name, entries }) =>
    entries.flatMap((entry) => {
      if (name !== 'user' || entry.kind !== 'file') return [];
      const { bytes, modified } = entry.chosen.status;
      return [`${bytes}\t${Math.floor(modified)}\t${entry.path}`];
    }),
  );
}

interface FactsBase {
  readonly recorded: Recorded;
  readonly selection: Selection;
  readonly layers: readonly LayerPlan[];
  readonly cacheTag: string;
  readonly transports: readonly string[];
  readonly caches: Selected['caches'];
}

async function factsOf({ recorded, selection, layers, cacheTag, transports, caches }: FactsBase): Promise<HeaderFacts> {
  const { python, architecture, libraries } = recorded;
  const binary: Place | undefined = await selection.places.find(python.executable);
  const site = libraries.filter(({ path }) => selection.roots.isOfSystem(path) && !isWithin(path, '/proc'));
  return {
    architecture,
    glibc: '',
    python: python.executable,
    basePython: binary?.path ?? python.executable,
    isPythonPacked: binary !== undefined && selection.files.has(binary.path),
    pythonVersion: python.version,
    cacheTag,
    ...(await namesOfRoots(recorded, selection)),
    templates: [],
    hasPrefixes: false,
    userFiles: listUserFiles(layers),
    caches: caches.filter(({ isLeft }) => !isLeft).map(({ variable, folder }) => `${variable}\t${folder}`),
    site: site.map(({ path }) => path).sort(),
    transports,
  };
}

async function listGone({ certain }: Recorded, { places, roots }: Selection): Promise<string[]> {
  const gone: string[] = [];
  for (const path of certain) {
    if (roots.of(path) === undefined) continue;
    if ((await places.find(path)) === undefined) gone.push(path);
  }
  return gone.sort();
}

/** A clock that is ahead, or a recording from another machine, is no change: a minute is let pass. */
const CLOCK_SECONDS = 60;

function listNewer({ started }: Recorded, { files }: Selection): string[] {
  const newer = [...files].filter(
    ([, { status, because }]) => because !== 'caches' && status.modified > started + CLOCK_SECONDS,
  );
  return newer.map(([path]) => path).sort();
}

/** An environment has one or two of them; a conda prefix stands in hundreds. */
const TEMPLATE_BYTES = 16 * 1024;
const EMBEDDED_BYTES = 256 * 1024;

/** Prefixes of conda: their installer notes what it did in a folder of theirs. */
async function listEmbedded({ python }: Recorded, { roots, places }: Selection): Promise<string[]> {
  const found = new Set<string>();
  for (const { path } of roots.all) {
    if ((await places.find(join(path, 'conda-meta')))?.status.type !== 'folder') continue;
    // As the job names it, which is as it was installed; and where it really is.
    for (const name of [python.prefix, python.basePrefix]) {
      if ((await places.find(name))?.path === path) found.add(name);
    }
    found.add(path);
  }
  return [...found];
}

const leave = async (
  recorded: Recorded,
  selected: Selected,
  trade: Trade,
  around: Surroundings,
  { host }: Workshop,
): Promise<Result<Left>> =>
  trade.leave ? leaveLibraries(recorded, selected, trade.leave, around, host) : success({ libraries: [] });

/** From recordings to what stands in the image, by looking at the machine. Nothing is written. */
export async function planImage(
  recorded: Recorded,
  trade: Trade,
  parts: OwnParts,
  workshop: Workshop,
): Promise<Result<ImagePlan>> {
  workshop.expect(recorded.python.executable);
  const selected = await select(recorded, workshop.host, trade);
  const { selection, caches } = selected;
  const broken = selection.roots.all.find(({ path }) => path.includes('\n'));
  if (broken) {
    return failure({
      code: 'pack/newline',
      message: `the name of the folder ${broken.path} holds a line break, which lists of paths cannot`,
      hint: 'Rename the folder.',
    });
  }
  const embedded = await listEmbedded(recorded, selection);
  const before = surroundingsOf(selection, embedded, new Map());
  const left = await leave(recorded, selected, trade, before, workshop);
  if (!left.ok) return left;
  const cacheTag = cacheTagOf(recorded);
  const tree = await growTree({ selection, bytecode: listBytecode(selection, cacheTag), cacheTag });
  const beginning = await beginningOf(recorded, selection);
  const reached = await listReached(tree, selection.places);
  const libraries = [[...selection.searched].sort(), [...reached].sort()];
  const surroundings = [embedded, selection.roots.all, recorded.python.version, cacheTag, libraries];
  const layers = planLayers(tree, {
    digester: workshop.digester,
    surroundings,
    parts,
    beginning,
    absent: recorded.absent,
  });
  const facts = await factsOf({ recorded, selection, layers, cacheTag, transports: [], caches });
  const chosen = [...selection.files.values()];
  return success({
    recorded,
    selected,
    layers,
    around: surroundingsOf(selection, embedded, reached),
    cacheTag,
    facts,
    parts,
    templateBytes: embedded.length > 0 ? EMBEDDED_BYTES : TEMPLATE_BYTES,
    gone: await listGone(recorded, selection),
    newer: listNewer(recorded, selection),
    left: left.value,
    files: chosen.length,
    bytes: chosen.reduce((bytes, { status }) => bytes + status.bytes, 0),
  });
}
