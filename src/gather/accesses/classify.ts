import { type Cause, type Facts, type ImportSpan, OPERATIONS, type ProcessImage, type Recording } from '#schema';
import { phaseBegin } from '../observed-ranks.ts';
import { type Ahead, causeOf, opensOwnCode, type Place, type Touch } from './cause.ts';
import { type ImportContext, importContexts, isOwnFile } from './import-context.ts';
import type { PathKind } from './path-kind.ts';

type Origin = Facts['python'][number]['pathEntries'][number]['origin'];

const siteFolder = /^(site|dist)-packages$/;

/** 1 for every path that another one lies below. */
function folders({ paths }: Recording): Uint8Array {
  const isFolder = new Uint8Array(paths.length);
  for (const { parent } of paths) isFolder[parent] = 1;
  return isFolder;
}

/** Tells the script: by the name in the command, or, when a shell or launcher was the command, by its folder. */
function scriptTest({ facts, paths }: Recording): (path: number) => boolean {
  const script = facts.command[0]?.script;
  const isShell = facts.command[0]?.form === 'shell' || facts.command[0]?.form === 'launcher';
  const name = script?.slice(script.lastIndexOf('/') + 1);
  const entries = facts.python.flatMap(({ pathEntries }) => pathEntries.filter(({ origin }) => origin === 'script'));
  const folders = new Set(entries.map(({ path }) => path));
  return (path) => {
    const node = paths[path];
    return isShell ? folders.has(node?.parent ?? 0) : node?.name === name;
  };
}

/** 1 for every path that is a user site folder or lies below one. */
function belowUserSite({ facts, paths }: Recording): Uint8Array {
  const below = new Uint8Array(paths.length);
  const users = new Set(facts.python.flatMap(({ userSite }) => (userSite ? [userSite.path] : [])));
  for (const [path, { parent }] of paths.entries()) below[path] = users.has(path) ? 1 : (below[parent] ?? 0);
  return below;
}

const entryOf: Readonly<Record<Origin, Place['entry']>> = {
  stdlib: 'library',
  dynload: 'library',
  zip: 'library',
  site: 'site',
  user: 'site',
  script: 'added',
  pythonpath: 'added',
  pth: 'added',
  other: 'added',
};

function pathEntries({ facts }: Recording): ReadonlyMap<number, Place['entry']> {
  return new Map(
    facts.python.flatMap(({ pathEntries }) => pathEntries.map(({ path, origin }) => [path, entryOf[origin]])),
  );
}

/** What is known of paths before any operation is looked at; each process starts anew. */
function knownPlaces(recording: Recording): (path: number) => Place {
  const { paths } = recording;
  const entries = pathEntries(recording);
  const isFolder = folders(recording);
  const userSite = belowUserSite(recording);
  const isScript = scriptTest(recording);
  const places = new Map<number, Place>();

  return (path) => {
    const seen = places.get(path);
    if (seen) return seen;
    const name = paths[path]?.name ?? '';
    const place = {
      entry: siteFolder.test(name) ? ('site' as const) : entries.get(path),
      isUserSite: userSite[path] === 1,
      isFolder: isFolder[path] === 1,
      isLibraryFolder: false,
      wasListed: false,
      isScript: isScript(path),
    };
    places.set(path, place);
    return place;
  };
}

/** When `__main__` began; a replay that says nothing of it begins with its first import at module level. */
function mainBegin(process: ProcessImage, spans: readonly ImportSpan[]): number {
  const first = spans.find(({ level }) => level !== 'site')?.begin;
  return phaseBegin(process, 'main') ?? first ?? Number.POSITIVE_INFINITY;
}

/** What this operation teaches about the paths, for those that follow. */
function learn(touch: Touch, folder: Place): void {
  if (touch.operation === 'opendir' && !touch.failed) touch.place.wasListed = true;
  if (touch.kind === 'shared-object' && touch.failed && touch.operation === 'open') {
    folder.isLibraryFolder = true;
  }
  if (touch.context && opensOwnCode(touch)) touch.context.executing = true;
}

/** How far ahead the reason for an operation may show. */
const MOST_ROWS_AHEAD = 64;

/** The row of the same process that comes next, -1 when there is none near. */
function nextRow({ operations: { length, process } }: Recording, row: number): number {
  const end = Math.min(length, row + MOST_ROWS_AHEAD);
  for (let next = row + 1; next < end; next += 1) if (process[next] === process[row]) return next;
  return -1;
}

function aheadOf(recording: Recording, kinds: readonly PathKind[], placeOf: (path: number) => Place): Ahead {
  const { operation, path } = recording.operations;

  return {
    goesOn: (row) => path[nextRow(recording, row)] === path[row],

    precedesMetadata(row) {
      let next = nextRow(recording, row);
      for (let steps = 0; next >= 0 && steps < MOST_ROWS_AHEAD; steps += 1) {
        const at = path[next] ?? 0;
        const isEntry = placeOf(at).entry !== undefined;
        if (!isEntry || OPERATIONS[operation[next] ?? 0] !== 'stat') return isEntry || kinds[at] === 'metadata';
        next = nextRow(recording, next);
      }
      return false;
    },
  };
}

/** Tells the cause of each operation of one Python process; rows are to be asked in order. */
export function operationClassifier(
  recording: Recording,
  process: ProcessImage,
  spans: readonly ImportSpan[],
  kinds: readonly PathKind[],
): (row: number, importId: number) => Cause {
  const { operations, paths } = recording;
  const contexts = importContexts(paths, spans);
  const placeOf = knownPlaces(recording);
  const ahead = aheadOf(recording, kinds, placeOf);
  const main = mainBegin(process, spans);
  let codeReadBy: ImportContext | undefined;

  return (row, importId) => {
    const path = operations.path[row] ?? 0;
    const node = paths[path];
    const context = contexts.get(importId);
    const kind = kinds[path] ?? 'plain';
    const touch: Touch = {
      operation: OPERATIONS[operations.operation[row] ?? 0] ?? 'other',
      failed: operations.error[row] !== 0,
      path,
      kind,
      name: node?.name ?? '',
      isOwn: kind !== 'plain' && context !== undefined && isOwnFile(paths, context, path),
      context,
      early: context === undefined && (operations.time[row] ?? 0) < main,
      place: placeOf(path),
      followsOwnCode: context !== undefined && codeReadBy === context,
      row,
      ahead,
    };
    const cause = causeOf(touch);
    codeReadBy = touch.isOwn && (cause === 'bytecode-read' || cause === 'source-read') ? context : undefined;
    learn(touch, placeOf(node?.parent ?? 0));
    return cause;
  };
}
