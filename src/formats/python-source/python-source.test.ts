import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pythonReader } from '../../../test/recordings/python-reader.ts';

const reader = await pythonReader();
const only = (text: string) => {
  const { body, lost } = reader.read(text);
  expect(lost).toEqual([]);
  return body[0];
};
const value = (text: string) => {
  const statement = only(text);
  return statement?.kind === 'Expr' ? statement.value : undefined;
};

describe('where the grammar sees it otherwise than Python', () => {
  test('a star is of all that follows', () => {
    expect(value('[*a.b(1)]')).toMatchObject({ elts: [{ kind: 'Starred', value: { kind: 'Call' } }] });
  });

  test('`&` binds tighter than `^`', () => {
    expect(value('a ^ b & c')).toMatchObject({ op: '^', left: { id: 'a' }, right: { op: '&' } });
    expect(value('a & b ^ c')).toMatchObject({ op: '^', left: { op: '&' }, right: { id: 'c' } });
    expect(value('(a ^ b) & c')).toMatchObject({ op: '&', left: { op: '^' } });
  });

  test('`type` may be called in a target', () => {
    const target = { kind: 'Attribute', attr: 'y', value: { kind: 'Call', func: { id: 'type' }, args: [{ id: 'x' }] } };
    expect(only('type(x).y = z')).toMatchObject({ kind: 'Assign', targets: [target] });
    expect(only('type A[T] = list[T]')).toMatchObject({ kind: 'TypeAlias' });
  });

  test('unions of types nest to the left', () => {
    expect(only('a: A[int] | B | C[str]')).toMatchObject({
      annotation: { op: '|', left: { op: '|', left: { kind: 'Subscript' }, right: { id: 'B' } } },
    });
  });

  test('names are in their normal form', () => {
    expect(value('ｗｉｄｔｈ')).toMatchObject({ id: 'width' });
  });

  test('in a format `=` is no name that is given', () => {
    for (const text of ["f'{x:=5}'", "f'{x:=}'"]) {
      expect(value(text)).toMatchObject({ kind: 'JoinedStr', values: [{ kind: 'Name', id: 'x' }] });
    }
  });
});

describe('what cannot be understood', () => {
  test('is told, and the rest stands', () => {
    const { body, lost } = reader.read('import a\n<<<<<<< ours\nimport b\n=======\nimport c\n');
    expect(body.filter(({ kind }) => kind === 'Import').length).toBeGreaterThan(1);
    expect(lost.length).toBeGreaterThan(0);
  });

  test.each(['x = a + + b c\n', 'f(a b)\n', 'def f(a, , b): pass\n', 'x = [1 2]\n', 'for x in : pass\n'])(
    '%j is told, wherever it stands',
    (text) => {
      expect(reader.read(`${text}import b\n`).lost.length).toBeGreaterThan(0);
    },
  );

  test('defaults of type parameters are no loss', () => {
    expect(only('class A[T = int]: pass')).toMatchObject({ kind: 'ClassDef', name: 'A' });
  });

  test('print of Python 2 is lost', () => {
    expect(reader.read('print "x"\nimport b\n')).toMatchObject({ body: [{ kind: 'Unknown' }, { kind: 'Import' }] });
  });

  test('no text throws', () => {
    const pieces = [
      'def f(',
      ')',
      ':\n',
      '    ',
      'x',
      '*',
      '[',
      ']',
      '"""',
      'f"{',
      '}"',
      'match x',
      'case ',
      'if ',
      ' = ',
      '\n',
      'é',
      '\0',
    ];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string()), { maxLength: 40 }), (parts) => {
        const { body, lost } = reader.read(parts.join(''));
        expect(Array.isArray(body) && Array.isArray(lost)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  test('nesting beyond any program is told, not met with an end of the stack', () => {
    const { lost } = reader.read(`x = ${'('.repeat(20_000)}1${')'.repeat(20_000)}\n`);
    expect(lost.length).toBeGreaterThan(0);
  });
});

describe('not yet understood: these tests end when the grammar does', () => {
  test.each(['lazy import json\n', 'x = {**d for d in ds}\n'])('%j', (text) => {
    expect(reader.read(text).lost.length).toBeGreaterThan(0);
  });
});
