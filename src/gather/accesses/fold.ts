import { type Access, type Accesses, Cause, OPERATIONS, type Recording } from '#schema';

type Phase = Access['phase'];
const phases: readonly Phase[] = ['before-exec', 'start', 'after-start'];
const phaseNumber = new Map(phases.map((phase, index) => [phase, index]));
const causeNumber = new Map(Cause.options.map((cause, index) => [cause, index]));
/** Above every path and import id, so that a pair of them is one exact number: paths are below 2^22, ids below 2^32. */
const BEYOND_PATHS = 2 ** 22;

export interface Fold {
  add(row: number, importId: number, phase: Phase, cause: Cause): void;
  result(): Pick<Accesses, 'paths' | 'accesses'>;
}

type Cell = { -readonly [Key in keyof Access]: Access[Key] };

/** Counts operations that are alike; a million rows become some ten thousand. */
export function accessFold({ operations, errors, paths }: Recording): Fold {
  // One map for each kind of access, keyed by import and path.
  const kinds = new Map<number, Map<number, Cell>>();
  const cells: Cell[] = [];

  function cellsOf(kind: number): Map<number, Cell> {
    const known = kinds.get(kind) ?? new Map<number, Cell>();
    kinds.set(kind, known);
    return known;
  }

  function newCell(row: number, importId: number, phase: Phase, cause: Cause): Cell {
    const operation = OPERATIONS[operations.operation[row] ?? 0] ?? 'other';
    const error = errors[operations.error[row] ?? 0] ?? '';
    const cell = {
      path: operations.path[row] ?? 0,
      import: importId,
      phase,
      cause,
      operation,
      error,
      count: 0,
      bytes: 0,
    };
    cells.push(cell);
    return cell;
  }

  return {
    add(row, importId, phase, cause) {
      const where = (phaseNumber.get(phase) ?? 0) * Cause.options.length + (causeNumber.get(cause) ?? 0);
      const kind = (where * OPERATIONS.length + (operations.operation[row] ?? 0)) * 256 + (operations.error[row] ?? 0);
      const alike = cellsOf(kind);
      const key = importId * BEYOND_PATHS + (operations.path[row] ?? 0);
      const cell = alike.get(key) ?? newCell(row, importId, phase, cause);
      if (cell.count === 0) alike.set(key, cell);
      cell.count += 1;
      cell.bytes += operations.bytes[row] ?? 0;
    },

    result() {
      return withUsedPaths(paths, cells);
    },
  };
}

/** 1 for the paths of the cells, and for what lies above them and behind their links. */
function usedPaths(paths: Recording['paths'], cells: readonly Cell[]): Uint8Array {
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
function withUsedPaths(paths: Recording['paths'], cells: readonly Cell[]): Pick<Accesses, 'paths' | 'accesses'> {
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
  return { paths: kept, accesses: [...cells] };
}
