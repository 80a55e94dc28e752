import { failure, type Names, type Result, revealNames, success } from '#base';
import { type Facts, OPERATIONS, type Operation, type PathNode, pathText, type Recording } from '#schema';

export interface RecordedLibrary {
  readonly path: string;
  readonly soname?: string;
  readonly bytes?: number;
  /** What the loader mapped of it. */
  readonly mappedBytes?: number;
  /** Whether it names folders where the loader looks for what it needs, other than by its own. */
  readonly hasSearchPath: boolean;
}

/** What recordings of one job tell of the files that it used. */
export interface Recorded {
  readonly python: {
    readonly version: string;
    readonly executable: string;
    readonly prefix: string;
    readonly basePrefix: string;
    readonly stdlib: string;
    readonly pathEntries: readonly { readonly path: string; readonly origin: string }[];
  };
  readonly architecture: string;
  readonly script?: string;
  /** Paths of the job's code that were asked for in any way, there or not: content that was used comes first. */
  readonly used: ReadonlySet<string>;
  /** What of it was there for certain: an audit hook sees an open before it fails. */
  readonly certain: ReadonlySet<string>;
  readonly asked: ReadonlySet<string>;
  /** What the job itself wrote, and is not to be packed. */
  readonly made: ReadonlySet<string>;
  /** Modules that were loaded. */
  readonly modules: ReadonlySet<string>;
  /** Modules that were looked for and never found. */
  readonly absent: readonly string[];
  readonly libraries: readonly RecordedLibrary[];
  /** Folders of LD_LIBRARY_PATH. */
  readonly libraryPath: readonly string[];
  /** Mount points of file systems that other nodes see as well. */
  readonly sharedMounts: readonly string[];
  /** When the first recording began, in seconds since 1970. */
  readonly started: number;
}

const CONTENT: ReadonlySet<Operation> = new Set(['open', 'read', 'map', 'exec', 'readlink']);
const OWN_CLASSES: ReadonlySet<string> = new Set(['local', 'tmpfs', 'pseudo', 'overlay', 'unknown']);

const NO_FILES = {
  code: 'pack/no-files',
  message: 'the recording does not say which files the job used',
  hint: 'Record the start: pharos audit -- COMMAND; then: pharos pack JOB.pharos --to IMAGE.',
} as const;

type PathOf = (index: number) => string | undefined;

/** Absolute paths of this machine, by index; undefined for data, whose paths are not recorded. */
function pathsOf(paths: readonly PathNode[], names: Names): PathOf {
  const known = new Map<number, string | undefined>();
  return (index) => {
    if (paths[index]?.removed) return undefined;
    if (!known.has(index)) known.set(index, revealNames(pathText(paths, index), names));
    return known.get(index);
  };
}

/** Bytecode that an import leaves behind is no work of the job: its source tells. */
const BYTECODE = /^(.+)\/__pycache__\/([^/.]+)\.[^/]*\.pyc$/;

/** Where an operation on a file is noted; undefined: it says nothing of what the job needs. */
function noteOf(operation: Operation, failed: boolean): 'made' | 'used' | 'asked' | undefined {
  if (operation === 'write' || operation === 'create') return failed ? undefined : 'made';
  return !failed && CONTENT.has(operation) ? 'used' : 'asked';
}

function addOperations({ operations, errors }: Recording, pathOf: PathOf, union: Union): void {
  for (let row = 0; row < operations.length; row += 1) {
    const path = pathOf(operations.path[row] ?? 0);
    if (path === undefined) continue;
    const failed = errors[operations.error[row] ?? 0] !== '';
    const note = noteOf(OPERATIONS[operations.operation[row] ?? 0] ?? 'other', failed);
    if (note !== undefined) union[note].add(path);
  }
}

/** What the job itself wrote it will write anew, and must read that. */
function withoutMade({ used, certain, asked, libraries, made }: Union): void {
  const isMade = (path: string) => {
    const [, folder, module] = BYTECODE.exec(path) ?? [];
    return made.has(module === undefined ? path : `${folder}/${module}.py`);
  };
  for (const known of [used, certain, asked, libraries]) {
    for (const path of [...known.keys()]) if (isMade(path)) known.delete(path);
  }
}

function pythonOf({ facts, processes }: Recording): Facts['python'][number] | undefined {
  return facts.python.find(({ process }) => processes.get(process)?.role === 'job') ?? facts.python[0];
}

function scriptOf({ facts }: Recording, python: Recorded['python']): string | undefined {
  const [command] = facts.command;
  const folder = python.pathEntries.find(({ origin }) => origin === 'script')?.path;
  if (!command?.script || !folder || !/^(python|script)$/.test(command.form)) return undefined;
  return `${folder}/${command.script.slice(command.script.lastIndexOf('/') + 1)}`;
}

function readPython(fact: Facts['python'][number], pathOf: PathOf): Recorded['python'] {
  const text = (index: number) => pathOf(index) ?? '/';
  return {
    version: fact.version,
    executable: text(fact.executable),
    prefix: text(fact.prefix),
    basePrefix: text(fact.basePrefix),
    stdlib: text(fact.stdlib),
    pathEntries: fact.pathEntries.flatMap(({ path, origin }) => {
      const entry = pathOf(path);
      return entry === undefined ? [] : [{ path: entry, origin }];
    }),
  };
}

function listLibraries({ facts }: Recording, pathOf: PathOf): RecordedLibrary[] {
  return facts.library.flatMap(({ path, soname, fileBytes, mappedBytes, rpath = [], runpath = [] }) => {
    const text = pathOf(path);
    if (text === undefined) return [];
    return [
      {
        path: text,
        hasSearchPath: [...rpath, ...runpath].some((entry) => !/^\$\{?ORIGIN/.test(entry)),
        ...(soname === undefined ? {} : { soname }),
        ...(fileBytes === undefined ? {} : { bytes: fileBytes }),
        ...(mappedBytes === undefined ? {} : { mappedBytes }),
      },
    ];
  });
}

interface Union {
  readonly used: Set<string>;
  readonly asked: Set<string>;
  readonly certain: Set<string>;
  /** What the job itself wrote. */
  readonly made: Set<string>;
  readonly modules: Set<string>;
  readonly absent: Set<string>;
  readonly libraries: Map<string, RecordedLibrary>;
  readonly libraryPath: Set<string>;
  readonly sharedMounts: Set<string>;
}

function addImports({ imports }: Recording, pathOf: PathOf, { used, certain, modules, absent }: Union): void {
  for (const { module, origin = 0, outcome } of imports) {
    if (outcome === 'missing') absent.add(module);
    if (outcome !== 'loaded') continue;
    modules.add(module);
    const path = origin === 0 ? undefined : pathOf(origin);
    if (path === undefined) continue;
    used.add(path);
    certain.add(path);
  }
}

function addRecording(recording: Recording, pathOf: PathOf, union: Union): void {
  addOperations(recording, pathOf, union);
  addImports(recording, pathOf, union);
  for (const library of listLibraries(recording, pathOf)) {
    union.libraries.set(library.path, library);
    union.certain.add(library.path);
  }
  for (const { searchPaths } of recording.facts.environment) {
    for (const folder of searchPaths.LD_LIBRARY_PATH ?? []) {
      const path = pathOf(folder);
      if (path !== undefined) union.libraryPath.add(path);
    }
  }
  for (const { point, class: kind } of recording.facts.mount) {
    const path = pathOf(point);
    if (path !== undefined && path !== '/' && !OWN_CLASSES.has(kind)) union.sharedMounts.add(path);
  }
}

/** One interpreter is packed: that of the first recording, and the others must be of the same. */
function samePython(pythons: readonly Recorded['python'][]): Result<Recorded['python']> {
  const [first] = pythons;
  if (!first) return failure(NO_FILES);
  const other = pythons.find(({ executable, version }) => executable !== first.executable || version !== first.version);
  if (!other) return success(first);
  return failure({
    code: 'pack/other-python',
    message: `the recordings are of two interpreters: ${first.executable} and ${other.executable}`,
    hint: 'Give recordings of one job.',
  });
}

/** The union of what the recordings of one job tell: several ranks, several phases. */
export function readRecorded(recordings: readonly Recording[], names: Names): Result<Recorded> {
  const union: Union = {
    used: new Set(),
    asked: new Set(),
    certain: new Set(),
    made: new Set(),
    modules: new Set(),
    absent: new Set(),
    libraries: new Map(),
    libraryPath: new Set(),
    sharedMounts: new Set(),
  };
  const pythons: Recorded['python'][] = [];
  const scripts: string[] = [];
  for (const recording of recordings) {
    const pathOf = pathsOf(recording.paths, names);
    const fact = pythonOf(recording);
    if (fact === undefined || recording.operations.length === 0) return failure(NO_FILES);
    const python = readPython(fact, pathOf);
    const script = scriptOf(recording, python);
    pythons.push(python);
    if (script !== undefined) scripts.push(script);
    addRecording(recording, pathOf, union);
  }
  const python = samePython(pythons);
  if (!python.ok) return python;
  withoutMade(union);
  if (union.used.size === 0) return failure(NO_FILES);
  const [script] = scripts;
  return success({
    python: python.value,
    ...(script === undefined ? {} : { script }),
    architecture: recordings[0]?.facts.node[0]?.machine ?? '',
    ...{ used: union.used, asked: union.asked, certain: union.certain, modules: union.modules, made: union.made },
    absent: [...union.absent].filter((module) => !union.modules.has(module)).sort(),
    libraries: [...union.libraries.values()],
    sharedMounts: [...union.sharedMounts],
    libraryPath: [...union.libraryPath],
    started: Math.min(...recordings.map(({ started }) => Date.parse(started) / 1000)),
  });
}
