import { type Access, type Cause, OPERATIONS, type ProcessImage } from '#schema';
import { type ObservedRank, phaseBegin } from '../observed-ranks.ts';
import { startedFrom } from '../started-from.ts';
import { operationClassifier } from './classify.ts';
import type { Sources } from './sources.ts';

type Phase = Access['phase'];
const RENAME = OPERATIONS.indexOf('rename');

/** What one operation counts for; undefined when it does not count, or another source tells it better. */
export type Taken = { readonly import: number; readonly phase: Phase; readonly cause: Cause } | undefined;
/** How one process image's operations are taken into account. Rows are asked in order. */
export type View = (row: number) => Taken;

function phaseIn({ process, end }: ObservedRank, t: number): Phase {
  if (t < process.begin) return 'before-exec';
  return t <= end ? 'start' : 'after-start';
}

/** The job's Python in the one run, seen by the probe or by a trace. */
function jobView({ rank, root, rootSpans, importOfRoot, kinds }: Sources): View {
  const { operations } = rank.recording;
  const knowsImports = root === rank.process;
  const cause = operationClassifier(rank.recording, rank.process, rootSpans, kinds);
  return (row) => {
    const t = operations.time[row] ?? 0;
    const by = knowsImports ? (operations.import[row] ?? 0) : importOfRoot(t);
    return { import: by, phase: phaseIn(rank, t), cause: cause(row, by) };
  };
}

/** The replay: the interpreter's start and the imports at module level, until it begins to exit. */
function replayView({ rank, root, rootSpans, replayed, site, kinds }: Sources): View {
  const { operations } = rank.recording;
  const cause = operationClassifier(rank.recording, root, rootSpans, kinds);
  const exit = phaseBegin(root, 'exit') ?? Number.POSITIVE_INFINITY;
  return (row) => {
    if ((operations.time[row] ?? 0) >= exit) return undefined;
    const by = operations.import[row] ?? 0;
    const observed = by === 0 ? site?.importOf(row) : replayed?.observed(by);
    return { import: observed ?? 0, phase: 'start', cause: cause(row, by) };
  };
}

/** Whether the replay tells what import `by` of the one run did at `t`. What came outside imports was the script's own work. */
function isReplayed({ rank, replayed }: Sources, by: number, t: number): boolean {
  if (!replayed || phaseIn(rank, t) === 'after-start') return false;
  if (by !== 0) return replayed.covers(by);
  return t < (phaseBegin(rank.process, 'main') ?? Number.POSITIVE_INFINITY);
}

/** The imports that wrote their bytecode in the one run: the replay found it there. */
function bytecodeWriters({ rank, kinds }: Sources): ReadonlySet<number> {
  const { operations } = rank.recording;
  const writers = new Set<number>();
  for (let row = 0; row < operations.length; row += 1) {
    if (operations.process[row] !== rank.process.id || operations.error[row] !== 0) continue;
    const kind = kinds[operations.path[row] ?? 0];
    const isRename = operations.operation[row] === RENAME;
    if (isRename && (kind === 'bytecode' || kind === 'written-bytecode')) writers.add(operations.import[row] ?? 0);
  }
  return writers;
}

/** What the replay cannot repeat: it writes no bytecode, and finds the bytecode that the one run wrote. */
function isOnlyOnce(taken: NonNullable<Taken>, failed: boolean, writers: ReadonlySet<number>): boolean {
  if (taken.cause === 'bytecode-write') return true;
  return writers.has(taken.import) && (taken.cause === 'source-read' || (taken.cause === 'bytecode-read' && failed));
}

/** The one run beside its replay: what only it did. */
function besideReplay(sources: Sources): View {
  const { rank, kinds } = sources;
  const writers = bytecodeWriters(sources);
  const { operations } = rank.recording;
  const cause = operationClassifier(rank.recording, rank.process, rank.spans, kinds);
  return (row) => {
    const by = operations.import[row] ?? 0;
    const t = operations.time[row] ?? 0;
    // Asked for every row, because it learns from each.
    const taken = { import: by, phase: phaseIn(rank, t), cause: cause(row, by) };
    const isOnce = isOnlyOnce(taken, operations.error[row] !== 0, writers);
    const isTold = isReplayed(sources, by, t) || sources.site?.tells(row);
    return isOnce || !isTold ? taken : undefined;
  };
}

/** Wrappers and shells before the job's Python. */
const beforeView: View = () => ({ import: 0, phase: 'before-exec', cause: 'other' });

/** What a child did counts for the import that started it. */
function childView(sources: Sources, image: ProcessImage): View | undefined {
  const { rank, root, replayed } = sources;
  const { operations } = rank.recording;
  const inReplay = image.source === 'replay';
  // A trace's images descend from the trace's own image of the job.
  const ancestor = image.source === root.source ? root : rank.process;
  const started = startedFrom(rank.recording, image, ancestor);
  if (started === undefined) return undefined;
  const innermost = inReplay ? sources.importOfRoot : sources.importOfJob;
  const by = inReplay ? (replayed?.observed(innermost(started)) ?? 0) : innermost(started);
  if (!inReplay && isReplayed(sources, by, started)) return undefined;
  return (row) => ({
    import: by,
    phase: inReplay ? 'start' : phaseIn(rank, operations.time[row] ?? 0),
    cause: 'spawn',
  });
}

function viewOf(sources: Sources, image: ProcessImage): View | undefined {
  const { source, root, rank } = sources;
  if (image === root) return source === 'replay' ? replayView(sources) : jobView(sources);
  if (source === 'replay' && image === rank.process) return besideReplay(sources);
  // A trace sees all that the probe sees, and more.
  if (source === 'trace' && image.source !== 'trace') return undefined;
  if (image.role === 'before') return image.source === 'replay' ? undefined : beforeView;
  return childView(sources, image);
}

/** A view for each process image that counts, by its id. */
export function views(sources: Sources): ReadonlyMap<number, View> {
  const found = new Map<number, View>();
  for (const image of sources.rank.recording.processes.values()) {
    const view = viewOf(sources, image);
    if (view) found.set(image.id, view);
  }
  return found;
}
