import type { Cause, Operation } from '#schema';
import type { ImportContext } from './import-context.ts';
import type { PathKind } from './path-kind.ts';

// Why a file operation was made. How CPython's finder and loader touch files: Lib/importlib/_bootstrap_external.py
// (FileFinder.find_spec, SourceLoader.get_code), Lib/site.py, Modules/getpath.py. How the dynamic loader searches: ld.so(8).

/** One file operation with what is known about it. */
export interface Touch {
  readonly operation: Operation;
  readonly failed: boolean;
  readonly path: number;
  readonly kind: PathKind;
  readonly name: string;
  readonly isOwn: boolean;
  /** The import that it was made for. */
  readonly context: ImportContext | undefined;
  /** Before the first line of `__main__`, outside imports. */
  readonly early: boolean;
  readonly place: Place;
  /** The operation before it read bytecode or source of the same module. */
  readonly followsOwnCode: boolean;
  readonly row: number;
  readonly ahead: Ahead;
}

/** What the operations after a row tell about it. */
export interface Ahead {
  /** Whether the next operation is on the same path. */
  goesOn(row: number): boolean;
  /** Whether what follows reads the metadata of distributions: importlib.metadata looks at every entry first. */
  precedesMetadata(row: number): boolean;
}

/** What is known about a path beside its name; some of it shows only as the operations go by. */
export interface Place {
  /** What entry of `sys.path` it is: the standard library's, one that `site` reads, or one that was added. */
  readonly entry: 'library' | 'site' | 'added' | undefined;
  /** The user's site folder, or below it. */
  readonly isUserSite: boolean;
  /** A library was searched in it, in vain. */
  isLibraryFolder: boolean;
  /** Other paths lie below it. */
  readonly isFolder: boolean;
  /** It was opened as a folder. */
  wasListed: boolean;
  /** The script that the command names, or a file called like it. */
  readonly isScript: boolean;
}

type Test = (touch: Touch) => boolean;

const writing: ReadonlySet<Operation> = new Set(['create', 'write', 'rename', 'unlink', 'mkdir']);
const listing: ReadonlySet<Operation> = new Set(['opendir', 'readdir']);
const ofOpenFolder: ReadonlySet<Operation> = new Set(['fstat', 'close']);
const ofOpenFile: ReadonlySet<Operation> = new Set(['open', 'read', 'fstat', 'close']);
const code: ReadonlySet<PathKind> = new Set(['source', 'bytecode', 'extension', 'shared-object']);
/** Neither code nor data is read by these; os.path.realpath asks for each folder and link on the way. */
const about: ReadonlySet<Operation> = new Set(['chdir', 'statfs', 'readlink', 'other']);

const isStat: Test = ({ operation }) => operation === 'stat';
const isListing: Test = ({ operation, place }) =>
  listing.has(operation) || (ofOpenFolder.has(operation) && place.wasListed);
const isFinding: Test = ({ context }) => context !== undefined && !context.executing;
const asksForFolder: Test = (touch) => isStat(touch) || isListing(touch);

const isBytecodeWrite: Test = ({ kind, operation }) =>
  kind === 'written-bytecode' || kind === 'bytecode-folder' || (kind === 'bytecode' && writing.has(operation));

/** A package is tried as `__init__` with each suffix in turn, before `__init__.py`. */
const isSuffixProbe: Test = ({ kind, failed, name, isOwn, operation }) =>
  failed && operation === 'stat' && code.has(kind) && (name.startsWith('__init__.') || isOwn);

/** The interpreter finds its standard library by `os.py` or `os.pyc` in it (Modules/getpath.py). */
const isLandmark: Test = ({ early, operation, name }) => early && operation === 'stat' && /^os\.pyc?$/.test(name);

/** Read because bytecode is missing or stale: at once, not later by code that shows its own lines (linecache, inspect). */
const isOwnSource: Test = (touch) => {
  if (touch.kind !== 'source' || !ofOpenFile.has(touch.operation)) return false;
  if (touch.early) return true;
  if (!touch.isOwn || !touch.context) return false;
  return (
    !touch.context.executing || (touch.followsOwnCode && (touch.operation !== 'open' || touch.ahead.goesOn(touch.row)))
  );
};

const isLibrarySearch: Test = ({ kind, failed, place, context, operation }) =>
  kind === 'loader-configuration' ||
  (kind === 'hardware-capability' && failed) ||
  (kind === 'shared-object' && failed) ||
  (place.isLibraryFolder && operation === 'stat' && (context?.executing ?? true));

const isExtensionLoad: Test = ({ kind, early }) =>
  kind === 'extension' || (!early && (kind === 'shared-object' || kind === 'hardware-capability'));

/** The folder that has the module: a submodule that is missing was searched for in its package's folder only. */
const isRecheck: Test = ({ context, path, failed, name, place }) => {
  if (!context) return false;
  if (context.namespace) return !failed && name === context.leaf && place.entry === undefined;
  return path === context.foundIn || (!context.topLevel && context.foundIn === 0);
};

/** A module in a zip file is read from that file, which is the entry it was found in. */
const isZipRead: Test = ({ context, path, failed, operation }) =>
  context?.isInZip === true && !failed && path === context.foundIn && ofOpenFile.has(operation);

/** importlib.metadata stats an entry of the path, lists it, or opens it where it is a zip file. */
const looksForMetadata: Test = (touch) =>
  isListing(touch) || touch.operation === 'open' || (isStat(touch) && touch.ahead.precedesMetadata(touch.row));

/** In order: the first that holds is the cause. */
const causes: readonly (readonly [Cause, Test])[] = [
  ['other', ({ kind }) => kind === 'pseudo'],
  ['interpreter', ({ operation, early }) => operation === 'exec' && early],
  ['spawn', ({ operation }) => operation === 'exec'],
  ['metadata-scan', ({ kind }) => kind === 'metadata'],
  ['pth', ({ kind, early }) => kind === 'path-configuration' && early],
  ['bytecode-write', isBytecodeWrite],
  ['suffix-probing', isSuffixProbe],
  ['interpreter', isLandmark],
  ['bytecode-read', ({ kind }) => kind === 'bytecode'],
  ['interpreter', ({ kind, place, context }) => kind === 'source' && place.isScript && !context],
  ['source-stat', (touch) => touch.kind === 'source' && isStat(touch)],
  ['source-read', isOwnSource],
  ['library-search', isLibrarySearch],
  ['extension-load', isExtensionLoad],
  ['directory-recheck', (touch) => isFinding(touch) && asksForFolder(touch) && isRecheck(touch)],
  ['path-entry-probing', (touch) => isFinding(touch) && asksForFolder(touch)],
  ['bytecode-read', isZipRead],
  ['user-site', ({ early, place }) => early && place.isUserSite],
  ['pth', (touch) => touch.early && touch.place.entry === 'site' && isListing(touch)],
  ['path-entry-probing', (touch) => touch.early && touch.place.entry === 'added' && asksForFolder(touch)],
  ['interpreter', ({ early }) => early],
  ['metadata-scan', (touch) => touch.place.entry !== undefined && looksForMetadata(touch)],
  ['path-entry-probing', (touch) => touch.place.entry !== undefined && isStat(touch)],
  // importlib.util.find_spec, asked by code, looks again at folders that the finder knows.
  ['directory-recheck', (touch) => touch.place.wasListed && isStat(touch)],
  ['other', (touch) => isListing(touch) || about.has(touch.operation) || (touch.place.isFolder && isStat(touch))],
];

export function causeOf(touch: Touch): Cause {
  return causes.find(([, holds]) => holds(touch))?.[0] ?? 'data-file';
}

/** Whether this operation opens the module's own code, so that what follows is the code's doing. */
export function opensOwnCode({ operation, failed, kind, isOwn, path, context }: Touch): boolean {
  if (failed || (operation !== 'open' && operation !== 'map')) return false;
  return (isOwn && code.has(kind)) || (context?.isInZip === true && path === context.foundIn);
}
