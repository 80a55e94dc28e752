import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordingDraft } from '../../../test/recordings/recording-draft.ts';
import { writeRecording } from '../../../test/recordings/write-recording.ts';
import { recordingReader } from './recording-reader.ts';

const HEADER = '["pharos-recording",1,{"collector":"0.1.0","started":"2026-11-22T19:00:00Z"}]\n';

function read(text: string) {
  const reader = recordingReader();
  reader.push(text);
  return reader.end();
}

function readRows(...rows: unknown[][]) {
  return read(`${HEADER}${rows.map((row) => `${JSON.stringify(row)}\n`).join('')}["end"]\n`);
}

function malformedRow(...rows: unknown[][]): string {
  const result = readRows(...rows);
  expect(result).toMatchObject({ ok: false, failure: { code: 'schema/malformed-recording' } });
  return result.ok ? '' : result.failure.message;
}

const process = ['x', 1, 0, 'probe', 5, { how: 'exec', program: 2, argc: 2, role: 'job' }];
const usr = ['p', 1, 0, 'usr', { mount: 3 }];
const program = ['p', 2, 1, 'python3'];
const word = ['s', 1, 'numpy'];
const begin = ['b', 1, 7, 0, 1, 10, 'main'];

describe('a recording', () => {
  test('is read with its tables linked', () => {
    const result = readRows(
      usr,
      program,
      ['p', 3, 1, 'lib64', { link: 1 }],
      ['d', 4, 3, 5, '.csv', '3f2a'],
      word,
      process,
      ['f', 1, 6, 'interpreter'],
      begin,
      ['o', 1, 7, 11, 'stat', 2, 'ENOENT', 0],
      ['o', 1, 0, 12, 'read', 4, '', 512],
      ['e', 1, 7, 20, 'loaded', 2, 'extension'],
      ['y', 1, 30, { status: 1 }],
      ['fact', 'exit', { status: 1 }],
    );
    if (!result.ok) throw new Error(result.failure.message);
    const { paths, processes, imports, operations, errors, facts, truncated } = result.value;
    expect(truncated).toBe(false);
    expect(paths).toEqual([
      { parent: 0, name: '', mount: 0 },
      { parent: 0, name: 'usr', mount: 3 },
      { parent: 1, name: 'python3', mount: 3 },
      { parent: 1, name: 'lib64', mount: 3, link: 1 },
      { parent: 0, name: '3f2a.csv', mount: 3, removed: true },
    ]);
    expect(processes.get(1)).toMatchObject({ begin: 5, end: 30, status: 1, program: 2 });
    expect(imports).toEqual([
      {
        process: 1,
        id: 7,
        parent: 0,
        module: 'numpy',
        level: 'main',
        begin: 10,
        end: 20,
        outcome: 'loaded',
        origin: 2,
        loader: 'extension',
      },
    ]);
    expect([...operations.import]).toEqual([7, 0]);
    expect([...operations.bytes]).toEqual([0, 512]);
    expect([...operations.error].map((error) => errors[error])).toEqual(['ENOENT', '']);
    expect(facts.exit).toEqual([{ status: 1 }]);
  });

  test('that was cut inside a line is read up to there', () => {
    const result = read(`${HEADER}${JSON.stringify(usr)}\n["p",2,1,"pyth`);
    expect(result).toMatchObject({ ok: true, value: { truncated: true, paths: { length: 2 } } });
  });

  test('whose last line has no line feed is whole', () => {
    expect(read(`${HEADER}["end"]`)).toMatchObject({ ok: true, value: { truncated: false } });
  });

  test('may hold lines, facts and properties of a later time', () => {
    expect(readRows(['later', 1], ['fact', 'constructor', {}], ['fact', 'exit', { later: 1 }])).toMatchObject({
      ok: true,
      value: { facts: { exit: [{}] } },
    });
  });

  test('keeps names that are not UTF-8', () => {
    expect(read(`${HEADER}["p",1,0,"caf\\udce9"]\n`)).toMatchObject({ value: { paths: [{}, { name: 'caf\udce9' }] } });
  });

  test('takes no prototype from a fact', () => {
    const result = read(`${HEADER}["fact","removed",{"counts":{"__proto__":1,"x":2}}]\n["end"]\n`);
    expect(result.ok && Object.keys(result.value.facts.removed[0]?.counts ?? {})).toEqual(['x']);
  });
});

describe('what is not a recording', () => {
  test.for(['', 'PK\u0003\u0004', '{"kind":"pharos-report"}\n', '["something",1]\n', '\u0000'.repeat(5)])(
    '%j',
    (text) => {
      expect(read(text)).toMatchObject({ ok: false, failure: { code: 'schema/not-a-recording' } });
    },
  );

  test('is refused before it has been read to its end', () => {
    expect(recordingReader().push('x')).toBe(false);
  });

  test('a newer one says so', () => {
    expect(read('["pharos-recording",2,{}]\n')).toMatchObject({ failure: { code: 'schema/newer-recording' } });
  });
});

describe('a malformed line is refused with its number', () => {
  const inOrder = [usr, program, word, process, begin];
  test.for<[string, unknown[][], string]>([
    ['a path below one that comes later', [['p', 1, 1, 'usr']], 'line 2'],
    ['a path out of order', [['p', 2, 0, 'usr']], 'id is not 1'],
    ['a path that leaves its folder', [['p', 1, 0, '..']], 'not one component'],
    ['a path of two components', [['p', 1, 0, 'a/b']], 'not one component'],
    ['a link to a later path', [['p', 1, 0, 'usr', { link: 1 }]], 'the path is not'],
    ['an unknown program', [process], 'the path is not'],
    ['an import of an unknown process', [word, begin], 'process has not begun'],
    ['an import of an unknown word', [usr, program, process, begin], 'the module is not'],
    ['an import that began before', [...inOrder, begin], 'begun before'],
    ['an import below a later one', [...inOrder, ['b', 1, 8, 9, 1, 10, 'nested']], 'import has not begun'],
    ['an operation of an unknown import', [...inOrder, ['o', 1, 8, 1, 'stat', 1, '', 0]], 'import has not begun'],
    ['an operation on an unknown path', [...inOrder, ['o', 1, 7, 1, 'stat', 3, '', 0]], 'the path is not'],
    ['an unknown operation', [...inOrder, ['o', 1, 7, 1, 'toString', 1, '', 0]], 'operation is none'],
    ['a negative time', [...inOrder, ['o', 1, 7, -1, 'stat', 1, '', 0]], 'the time is not'],
    ['a fraction of a byte', [...inOrder, ['o', 1, 7, 1, 'read', 1, '', 0.5]], 'bytes is not'],
    ['an error with no name', [...inOrder, ['o', 1, 7, 1, 'stat', 1, '__proto__', 0]], 'errno'],
    ['a fact of a wrong shape', [['fact', 'exit', { status: 'x' }]], 'the fact exit'],
    ['a fact about an unknown path', [['fact', 'distribution', { name: 'a', version: '1', path: 4 }]], 'the path is'],
    ['a line after the last', [['end'], usr], 'follows the last'],
  ])('%s', ([, rows, message]) => {
    expect(malformedRow(...rows)).toContain(message);
  });

  test('text that is not JSON', () => {
    expect(read(`${HEADER}["p",1,0,"usr"]\nrubbish\n`)).toMatchObject({
      failure: { message: 'line 3 of the recording is malformed: it is not JSON' },
    });
  });

  test('a path of endless depth', () => {
    const rows = Array.from({ length: 5000 }, (_, index) => ['p', index + 1, index, 'ab']);
    expect(malformedRow(...rows)).toContain('longer than 8192');
  });

  test('a line without end is not kept in memory', () => {
    const reader = recordingReader();
    reader.push(HEADER);
    const pushes = Array.from({ length: 40 }, () => reader.push('x'.repeat(2 ** 16)));
    expect(pushes.indexOf(false)).toBe(16);
  });
});

describe('for any text', () => {
  const row = fc.array(fc.oneof(fc.jsonValue(), fc.nat(3), fc.constantFrom('stat', 'main', 'probe', '', 'exit')), {
    maxLength: 9,
  });
  const tagged = fc
    .tuple(fc.constantFrom('o', 'b', 'e', 'p', 'd', 's', 'x', 'y', 'f', 'fact', 'end'), row)
    .map(([tag, rest]) => JSON.stringify([tag, ...rest]));

  test('nothing is thrown', { timeout: 60_000 }, () => {
    const lines = fc.array(fc.oneof(tagged, fc.string({ unit: 'binary' }), fc.json()));
    fc.assert(
      fc.property(fc.boolean(), lines, (withHeader, texts) => {
        const result = read(`${withHeader ? HEADER : ''}${texts.join('\n')}`);
        expect(typeof result.ok).toBe('boolean');
      }),
      { numRuns: 500 },
    );
  });
});

describe('for any recording', () => {
  const name = fc.stringMatching(/^[a-z_\ud800\u00e9]{1,6}$/);
  const operation = fc.record({
    importId: fc.nat(3),
    name: fc.constantFrom('stat', 'open', 'read', 'map', 'create'),
    path: fc.array(name, { maxLength: 4 }),
    error: fc.constantFrom('', 'ENOENT', 'EACCES'),
    bytes: fc.maxSafeNat(),
  });
  const drafted = fc.record({ modules: fc.array(name, { minLength: 3 }), operations: fc.array(operation) });

  const recordings = drafted.map(({ modules, operations }) => {
    const draft = recordingDraft();
    const job = draft.process({ end: 2 ** 40 }, { site: 3, main: 9 });
    for (const [index, module] of modules.entries()) {
      draft.import(job, module, { parent: Math.trunc(index / 2), origin: `/lib/${module}.py` });
    }
    for (const { importId, name, path, error, bytes } of operations) {
      draft.operation(job, importId, name as 'stat', `/${path.join('/')}`, error, bytes);
    }
    draft.link('/lib64', '/lib');
    draft.removedPath('3f2a.csv', 2);
    draft.fact('node', { system: 'Linux', kernel: '6.1', machine: 'x86_64' });
    return draft.recording();
  });

  test('reading what was written gives it back, however it is cut into pieces', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(recordings, fc.integer({ min: 1, max: 200 }), (recording, size) => {
        const reader = recordingReader();
        const text = writeRecording(recording);
        for (let from = 0; from < text.length; from += size) reader.push(text.slice(from, from + size));
        expect(reader.end()).toEqual({ ok: true, value: recording });
      }),
      { numRuns: 100 },
    );
  });

  test('every prefix is read or refused', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(recordings, fc.nat(), (recording, cut) => {
        const text = writeRecording(recording);
        const start = text.indexOf('\n') + 1;
        const end = start + (cut % (text.length - start));
        expect(read(text.slice(0, end))).toMatchObject({ ok: true });
      }),
      { numRuns: 100 },
    );
  });
});
