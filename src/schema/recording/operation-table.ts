import type { ImportTable } from './import-table.ts';
import { type Line, malformed, oneOf, wholeNumber } from './malformed.ts';
import type { PathTable } from './path-table.ts';
import type { ProcessTable } from './process-table.ts';
import { OPERATIONS, type Operation, type OperationColumns } from './recording.ts';

const MOST_OPERATIONS = 50_000_000;
/** An error is one byte in its column; Linux has 133 of them. */
const MOST_ERRORS = 255;
const numbers: ReadonlyMap<unknown, number> = new Map(OPERATIONS.map((name, index) => [name, index]));
const names: ReadonlySet<Operation> = new Set(OPERATIONS);

export interface OperationTable {
  /** `["o", process, import, t, operation, path, error, bytes]` */
  add(line: Line): void;
  columns(): OperationColumns;
  readonly errors: readonly string[];
}

function emptyColumns(capacity: number) {
  return {
    process: new Uint32Array(capacity),
    import: new Uint32Array(capacity),
    time: new Float64Array(capacity),
    operation: new Uint8Array(capacity),
    path: new Uint32Array(capacity),
    error: new Uint8Array(capacity),
    bytes: new Float64Array(capacity),
  };
}
type Columns = ReturnType<typeof emptyColumns>;

function grown(old: Columns): Columns {
  const columns = emptyColumns(old.process.length * 2);
  for (const name of Object.keys(old) as (keyof Columns)[]) columns[name].set(old[name]);
  return columns;
}

export function operationTable(paths: PathTable, processes: ProcessTable, imports: ImportTable): OperationTable {
  const errors: string[] = [''];
  const errorNumbers = new Map<unknown, number>([['', 0]]);
  let columns = emptyColumns(1024);
  let length = 0;

  function errorNumber(value: unknown): number {
    const seen = errorNumbers.get(value);
    if (seen !== undefined) return seen;
    if (typeof value !== 'string' || !/^E[A-Z0-9]{1,31}$/.test(value)) return malformed('the error has no errno name');
    if (errors.length > MOST_ERRORS) malformed(`there are more than ${MOST_ERRORS} kinds of error`);
    errorNumbers.set(value, errors.length);
    return errors.push(value) - 1;
  }

  return {
    errors,

    add([, process, importId, t, operation, path, error, bytes]) {
      if (length >= MOST_OPERATIONS) malformed(`there are more than ${MOST_OPERATIONS} operations`);
      if (length === columns.process.length) columns = grown(columns);
      const image = processes.known(process);
      columns.process[length] = image;
      columns.import[length] = imports.known(image, importId);
      columns.time[length] = wholeNumber(t, 'the time');
      columns.operation[length] = numbers.get(operation) ?? numbers.get(oneOf(names, operation, 'the operation')) ?? 0;
      columns.path[length] = paths.known(path);
      columns.error[length] = errorNumber(error);
      columns.bytes[length] = wholeNumber(bytes, 'the number of bytes');
      length += 1;
    },

    columns() {
      const { process, time, operation, path, error, bytes } = columns;
      return {
        length,
        process: process.subarray(0, length),
        import: columns.import.subarray(0, length),
        time: time.subarray(0, length),
        operation: operation.subarray(0, length),
        path: path.subarray(0, length),
        error: error.subarray(0, length),
        bytes: bytes.subarray(0, length),
      };
    },
  };
}
