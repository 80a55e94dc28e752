import type { FactName, Facts, ImportSpan, Operation, PathNode, PhaseName, ProcessImage, Recording } from '#schema';
import { facts, OPERATIONS } from '#schema';

// A recording put together by hand, for tests: paths are written as text, everything else has a plain default.

interface DraftedOperation {
  readonly process: number;
  readonly import: number;
  readonly t: number;
  readonly operation: Operation;
  readonly path: number;
  readonly error: string;
  readonly bytes: number;
}

type Begin = Partial<
  Pick<ProcessImage, 'parent' | 'source' | 'begin' | 'end' | 'how' | 'role' | 'rank' | 'status' | 'signal'>
>;
type Import = Partial<Pick<ImportSpan, 'parent' | 'level' | 'begin' | 'outcome' | 'loader'>> & {
  /** `null`: it never ended. */
  readonly end?: number | null;
  readonly origin?: string;
};

export interface RecordingDraft {
  /** Id of a path, with every folder above it; `mount` is for this path and what is below it. */
  path(text: string, mount?: number): number;
  /** A path that resolves to another one. */
  link(text: string, target: string): number;
  /** A path that was removed because it is data. */
  removedPath(name: string, mount?: number): number;
  process(options?: Begin, phases?: Partial<Record<PhaseName, number>>, program?: string): number;
  import(process: number, module: string, options?: Import): number;
  /** `error` is an errno name or `''`. */
  operation(
    process: number,
    importId: number,
    operation: Operation,
    path: string,
    error?: string,
    bytes?: number,
  ): void;
  /** The time of the operations that follow; each takes one microsecond. */
  at(t: number): void;
  fact<Name extends FactName>(name: Name, fact: Facts[Name][number]): void;
  recording(truncated?: boolean): Recording;
}

function columns(rows: readonly DraftedOperation[], errors: string[]): Recording['operations'] {
  const errorNumber = (error: string) => {
    if (!errors.includes(error)) errors.push(error);
    return errors.indexOf(error);
  };
  return {
    length: rows.length,
    process: Uint32Array.from(rows, (row) => row.process),
    import: Uint32Array.from(rows, (row) => row.import),
    time: Float64Array.from(rows, (row) => row.t),
    operation: Uint8Array.from(rows, (row) => OPERATIONS.indexOf(row.operation)),
    path: Uint32Array.from(rows, (row) => row.path),
    error: Uint8Array.from(rows, (row) => errorNumber(row.error)),
    bytes: Float64Array.from(rows, (row) => row.bytes),
  };
}

function draftedPaths() {
  const nodes: PathNode[] = [{ parent: 0, name: '', mount: 0 }];
  const ids = new Map<string, number>();

  function child(parent: number, name: string, extra: Partial<PathNode>): number {
    const key = `${parent}/${name}`;
    const id = ids.get(key) ?? nodes.push({ parent, name, mount: nodes[parent]?.mount ?? 0, ...extra }) - 1;
    ids.set(key, id);
    return id;
  }

  function path(text: string, extra: Partial<PathNode> = {}): number {
    const names = text.split('/').filter((name) => name !== '');
    const last = names.pop();
    const parent = names.reduce((id, name) => child(id, name, {}), 0);
    return last === undefined ? 0 : child(parent, last, extra);
  }

  return { nodes, path, removed: (name: string, mount: number) => child(0, name, { mount, removed: true }) };
}

export function recordingDraft(): RecordingDraft {
  const { nodes, path, removed } = draftedPaths();
  const processes = new Map<number, ProcessImage>();
  const imports: ImportSpan[] = [];
  const rows: DraftedOperation[] = [];
  const all = Object.fromEntries(Object.keys(facts).map((name) => [name, []])) as unknown as Facts;
  let t = 0;

  return {
    path: (text, mount) => path(text, mount === undefined ? {} : { mount }),
    link: (text, target) => path(text, { link: path(target) }),
    removedPath: (name, mount = 0) => removed(name, mount),

    process(options = {}, phases = {}, program = '/usr/bin/python3') {
      const id = processes.size + 1;
      processes.set(id, {
        id,
        parent: 0,
        source: 'probe',
        begin: 0,
        how: 'exec',
        role: 'job',
        program: path(program),
        argc: 1,
        ...options,
        phases: Object.entries(phases).map(([phase, begin]) => ({ phase: phase as PhaseName, begin })),
      });
      return id;
    },

    import(process, module, { origin, end, ...options } = {}) {
      const id = imports.filter((span) => span.process === process).length + 1;
      const span = { process, id, parent: 0, module, level: 'main' as const, begin: t, ...options };
      const found = origin === undefined ? {} : { origin: path(origin) };
      const ended = { outcome: 'loaded' as const, loader: 'source' as const, end: end ?? span.begin + 1000, ...found };
      imports.push(end === null ? span : { ...ended, ...span });
      return id;
    },

    operation(process, importId, operation, where, error = '', bytes = 0) {
      rows.push({ process, import: importId, t, operation, path: path(where), error, bytes });
      t += 1;
    },

    at: (time) => {
      t = time;
    },

    fact: (name, fact) => {
      (all[name] as Facts[typeof name][number][]).push(fact);
    },

    recording(truncated = false) {
      const errors = [''];
      const operations = columns(rows, errors);
      return {
        collector: '0.1.0',
        started: '',
        truncated,
        paths: nodes,
        processes,
        imports,
        operations,
        errors,
        facts: all,
      };
    },
  };
}
