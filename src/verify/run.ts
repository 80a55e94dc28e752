import { failure, type Result, success } from '#base';
import { type Facts, OPERATIONS, type Operation, type ProcessImage, pathText, type Recording } from '#schema';
import { type Calls, callsOf } from './calls.ts';
import { type Families, familiesOf } from './families.ts';

/** One traced run of the job, as far as two runs are compared. Paths are of the machine as it was told. */
export interface Run {
  readonly python: { readonly version: string; readonly executable: string };
  readonly exit: Facts['exit'][number];
  /** Absent: they were not listed. */
  readonly distributions?: readonly { readonly name: string; readonly version: string; readonly path: string }[];
  /** By rank, then by name: where each module came from, `''` for those that are built in. */
  readonly modules: ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;
  /** Paths of the shared libraries and extension modules that were mapped. */
  readonly libraries: ReadonlySet<string>;
  /** Paths of Python sources that were read, or whose bytecode was: of modules that the probe came too late for as well. */
  readonly sources: ReadonlySet<string>;
  readonly sonames: ReadonlyMap<string, string>;
  readonly families: Families;
  readonly calls: readonly Calls[];
}

const LIBRARY = /\.so(\.[\w.-]+)?$/;

/** The image that a process of the probe's descends from, as long as its parents are known. */
function topOf(image: ProcessImage, processes: Recording['processes']): ProcessImage {
  let top = image;
  for (let above = processes.get(top.parent); above?.source === 'probe'; above = processes.get(top.parent)) {
    // Parents are written first, so that the way up ends; the program that started Python has no phases.
    if (above.id >= top.id || above.phases.length === 0) break;
    top = above;
  }
  return top;
}

function modulesOf(recording: Recording): Run['modules'] {
  const byRank = new Map<string, Map<string, Set<string>>>();
  for (const { process, module, outcome, origin } of recording.imports) {
    const image = recording.processes.get(process);
    if (image?.source !== 'probe' || outcome !== 'loaded') continue;
    const { rank } = topOf(image, recording.processes);
    const group = rank === undefined ? '' : `rank ${rank}`;
    const modules = byRank.get(group) ?? new Map<string, Set<string>>();
    byRank.set(group, modules);
    const origins = modules.get(module) ?? new Set<string>();
    modules.set(module, origins.add(origin ? pathText(recording.paths, origin) : ''));
  }
  return byRank;
}

/** Paths on which the job's processes did this, without an error. */
function pathsOf({ operations, paths }: Recording, families: Families, operation: Operation): string[] {
  const number = OPERATIONS.indexOf(operation);
  const found = new Set<number>();
  for (let row = 0; row < operations.length; row += 1) {
    const isDone = operations.operation[row] === number && operations.error[row] === 0;
    if (isDone && families.of(operations.process[row] ?? 0)) found.add(operations.path[row] ?? 0);
  }
  return [...found].map((path) => pathText(paths, path));
}

/** `folder/__pycache__/name.cpython-311.opt-1.pyc` is of `folder/name.py`. */
const sourceOf = (path: string) => path.replace(/\/__pycache__\/([^/.]+)\.[^/]*\.pyc$/, '/$1.py');

const sourcesOf = (opened: readonly string[]) => new Set(opened.map(sourceOf).filter((path) => /\.pyc?$/.test(path)));

interface Missing {
  readonly because: string;
  readonly hint?: string | undefined;
}

function whatIsMissing({ truncated, facts }: Recording, families: Families): Missing | undefined {
  const trace = facts.missing.find(({ what }) => /^(the (rest of the )?job's trace|job|processes)$/.test(what));
  if (trace) return trace;
  if (truncated) return { because: 'its recording was cut short' };
  const [exit] = facts.exit;
  if (!exit) return { because: 'its recording does not tell how it ended' };
  if (exit.interrupted !== undefined) return { because: `it was interrupted by ${exit.interrupted}` };
  if (families.all.length > 0) return undefined;
  return { because: 'no Python 3.8 or later was seen in it', hint: 'Verify where the ranks themselves run.' };
}

/** `name`: how the run is called where it could not be seen whole. */
export function readRun(recording: Recording, name: string): Result<Run> {
  const { facts, paths } = recording;
  const families = familiesOf(recording);
  const missing = whatIsMissing(recording, families);
  if (missing) {
    const { because, hint } = missing;
    const message = `${name} could not be seen whole: ${because}`;
    return failure({ code: 'verify/unseen-run', message, ...(hint === undefined ? {} : { hint }) });
  }
  const text = (path: number | undefined) => pathText(paths, path ?? 0);
  const [python] = facts.python;
  return success({
    python: { version: python?.version ?? '', executable: text(python?.executable) },
    exit: facts.exit[0] ?? {},
    ...(facts.missing.some(({ what }) => what.startsWith('distributions'))
      ? {}
      : { distributions: facts.distribution.map((each) => ({ ...each, path: text(each.path) })) }),
    modules: modulesOf(recording),
    libraries: new Set(pathsOf(recording, families, 'map').filter((path) => LIBRARY.test(path))),
    sources: sourcesOf(pathsOf(recording, families, 'open')),
    sonames: new Map(facts.library.flatMap(({ path, soname }) => (soname ? [[text(path), soname] as const] : []))),
    families,
    calls: callsOf(recording, families),
  });
}
