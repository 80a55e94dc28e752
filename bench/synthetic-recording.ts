// The text of a recording as large as asked for, made of imports as CPython 3.11 does them: packages found in the last
// of ten path entries, modules from bytecode, one in seven an extension whose libraries are searched.

type Row = readonly unknown[];

const MODULES_IN_PACKAGE = 40;
const ENTRIES = 10;

interface Tables {
  path(parent: number, name: string): number;
  word(text: string): number;
  row(row: Row): void;
  /** The rows since the last call, as text. */
  text(): string;
}

function tables(): Tables {
  const lines: string[] = [];
  const ids = new Map<string, number>();
  let words = 0;
  const row = (line: Row): void => {
    lines.push(`${JSON.stringify(line)}\n`);
  };
  return {
    row,
    path(parent, name) {
      const key = `${parent}/${name}`;
      const known = ids.get(key);
      if (known !== undefined) return known;
      ids.set(key, ids.size + 1);
      row(['p', ids.size, parent, name]);
      return ids.size;
    },
    word(text) {
      words += 1;
      row(['s', words, text]);
      return words;
    },
    text: () => lines.splice(0).join(''),
  };
}

/** Writes operations of the one process, and counts them. */
function operationWriter({ row }: Tables) {
  let time = 1000;
  let count = 0;
  return {
    count: () => count,
    now: () => time,
    write(importId: number, operation: string, path: number, error = '', bytes = 0): void {
      time += 7;
      count += 1;
      row(['o', 1, importId, time, operation, path, error, bytes]);
    },
  };
}
type Writer = ReturnType<typeof operationWriter>;

function readBytecode({ write }: Writer, id: number, source: number, bytecode: number): void {
  write(id, 'stat', source);
  write(id, 'stat', source);
  write(id, 'open', bytecode);
  write(id, 'fstat', bytecode);
  write(id, 'read', bytecode, '', 8192);
  write(id, 'read', bytecode);
  write(id, 'close', bytecode);
}

function loadExtension({ write }: Writer, tables: Tables, id: number, folder: number, name: string): number {
  const extension = tables.path(folder, `${name}.cpython-311-x86_64-linux-gnu.so`);
  write(id, 'stat', extension);
  write(id, 'open', extension);
  write(id, 'read', extension, '', 832);
  write(id, 'map', extension, '', 200_000);
  for (let entry = 0; entry < 4; entry += 1) {
    const library = tables.path(tables.path(tables.path(0, 'opt'), `lib${entry}`), 'libm.so.6');
    write(id, 'open', library, 'ENOENT');
  }
  write(id, 'close', extension);
  return extension;
}

function* packageRows(tables: Tables, writer: Writer, number: number, firstImport: number): Generator<void> {
  const { row, path, word } = tables;
  const entries = Array.from({ length: ENTRIES }, (_, entry) => path(path(0, 'env'), `entry${entry}`));
  const name = `package${number}`;
  const folder = path(entries.at(-1) ?? 0, name);
  const cache = path(folder, '__pycache__');
  row(['b', 1, firstImport, 0, word(name), writer.now(), 'main']);
  for (const entry of entries) writer.write(firstImport, 'stat', entry);
  for (const suffix of ['cpython-311-x86_64-linux-gnu.so', 'abi3.so', 'so']) {
    writer.write(firstImport, 'stat', path(folder, `__init__.${suffix}`), 'ENOENT');
  }
  const init = path(folder, '__init__.py');
  readBytecode(writer, firstImport, init, path(cache, '__init__.cpython-311.pyc'));
  for (let module = 1; module < MODULES_IN_PACKAGE; module += 1) {
    const id = firstImport + module;
    row(['b', 1, id, firstImport, word(`${name}.module${module}`), writer.now(), 'nested']);
    writer.write(id, 'stat', folder);
    let origin = path(folder, `module${module}.py`);
    if (module % 7 === 0) origin = loadExtension(writer, tables, id, folder, `module${module}`);
    else readBytecode(writer, id, origin, path(cache, `module${module}.cpython-311.pyc`));
    row(['e', 1, id, writer.now(), 'loaded', origin, module % 7 === 0 ? 'extension' : 'source']);
    yield;
  }
  row(['e', 1, firstImport, writer.now(), 'loaded', init, 'source']);
}

/** Pieces of text that make up one recording of about `operations` operations. */
export function* syntheticRecording(operations: number): Generator<string> {
  const made = tables();
  const writer = operationWriter(made);
  made.row(['pharos-recording', 1, { collector: '0.1.0', started: '2026-11-22T19:00:00Z' }]);
  const python = made.path(made.path(0, 'usr'), 'python3');
  made.row(['x', 1, 0, 'probe', 0, { how: 'exec', program: python, argc: 2, role: 'job' }]);
  made.row(['f', 1, 500, 'main']);
  for (let number = 0; writer.count() < operations; number += 1) {
    for (const _ of packageRows(made, writer, number, 1 + number * MODULES_IN_PACKAGE)) yield made.text();
  }
  made.row(['y', 1, writer.now(), { status: 0 }]);
  made.row(['end']);
  yield made.text();
}
