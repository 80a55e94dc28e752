import { type Access, type Accesses, Cause, OPERATIONS, type Recording } from '#schema';
import { cellIndex } from './cell-index.ts';

type Phase = Access['phase'];
const phases: readonly Phase[] = ['before-exec', 'start', 'after-start'];
const causes = Cause.options;
const phaseNumber = new Map(phases.map((phase, index) => [phase, index]));
const causeNumber = new Map(causes.map((cause, index) => [cause, index]));
/** An error's number is one byte. */
const ERRORS = 256;

export interface Fold {
  add(row: number, importId: number, phase: Phase, cause: Cause): void;
  result(): Pick<Accesses, 'paths' | 'accesses'>;
}

function grown<Column extends Uint32Array | Float64Array>(column: Column, empty: Column): Column {
  empty.set(column);
  return empty;
}

/** Counts operations that are alike: same path, import, phase, cause, operation and error. */
export function accessFold({ operations, errors, paths }: Recording): Fold {
  const cells = cellIndex();
  let counts = new Uint32Array(1024);
  let bytes = new Float64Array(1024);

  /** Phase, cause, operation and error in one number. */
  function kindOf(row: number, phase: Phase, cause: Cause): number {
    const where = (phaseNumber.get(phase) ?? 0) * causes.length + (causeNumber.get(cause) ?? 0);
    return (where * OPERATIONS.length + (operations.operation[row] ?? 0)) * ERRORS + (operations.error[row] ?? 0);
  }

  function access(cell: number): Access {
    const [path, importId, kind] = cells.triple(cell);
    const operation = Math.trunc(kind / ERRORS);
    const where = Math.trunc(operation / OPERATIONS.length);
    return {
      path,
      import: importId,
      phase: phases[Math.trunc(where / causes.length)] ?? 'start',
      cause: causes[where % causes.length] ?? 'other',
      operation: OPERATIONS[operation % OPERATIONS.length] ?? 'other',
      error: errors[kind % ERRORS] ?? '',
      count: counts[cell] ?? 0,
      bytes: bytes[cell] ?? 0,
    };
  }

  return {
    add(row, importId, phase, cause) {
      const cell = cells.find(operations.path[row] ?? 0, importId, kindOf(row, phase, cause));
      if (cell === counts.length) {
        counts = grown(counts, new Uint32Array(cell * 2));
        bytes = grown(bytes, new Float64Array(cell * 2));
      }
      counts[cell] = (counts[cell] ?? 0) + 1;
      bytes[cell] = (bytes[cell] ?? 0) + (operations.bytes[row] ?? 0);
    },

    result() {
      return withUsedPaths(
        paths,
        Array.from({ length: cells.size() }, (_, cell) => access(cell)),
      );
    },
  };
}

/** 1 for the paths of the cells, and for what lies above them and behind their links. */
function usedPaths(paths: Recording['paths'], cells: readonly Access[]): Uint8Array {
  const used = new Uint8Array(paths.length);
  used[0] = 1;
  for (const { path } of cells) used[path] = 1;
  // Parents and link targets come before the paths that name them.
  for (let path = paths.length - 1; path > 0; path -= 1) {
    const node = paths[path];
    if (!used[path] || !node) continue;
    used[node.parent] = 1;
    used[node.link ?? 0] = 1;
  }
  return used;
}

/** The tree without the paths that nothing touched, and the cells with their places in it. */
function withUsedPaths(paths: Recording['paths'], cells: Access[]): Pick<Accesses, 'paths' | 'accesses'> {
  const used = usedPaths(paths, cells);
  const index = new Uint32Array(paths.length);
  const kept: Accesses['paths'] = [];
  for (const [path, { parent, name, mount, link, removed }] of paths.entries()) {
    if (!used[path]) continue;
    index[path] = kept.length;
    kept.push({
      parent: index[parent] ?? 0,
      name,
      mount,
      ...(link === undefined ? {} : { link: index[link] ?? 0 }),
      ...(removed ? { removed } : {}),
    });
  }
  for (const cell of cells) cell.path = index[cell.path] ?? 0;
  return { paths: kept, accesses: cells };
}
