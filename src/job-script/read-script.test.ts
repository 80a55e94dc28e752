import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readScript } from './read-script.ts';

const wordsOf = (text: string) => readScript(text).commands.map(({ words }) => words.map((word) => word.text));

test('words are what the shell passes, without quotes and continuations', () => {
  expect(wordsOf(`srun -n 4 \\\n  'my python' "a b"c d\\ e # not this`)).toEqual([
    ['srun', '-n', '4', 'my python', 'a bc', 'd e'],
  ]);
});

test('an expansion stays as it is written, and tells whether it may become several words', () => {
  const [command] = readScript(
    'srun $OPTIONS "$PYTHON" $ENV/bin/python "$@" $(cat "a b" | sort) \u0024{x:-"}"} *.py',
  ).commands;
  expect(command?.words.map(({ text, isLiteral, maySplit }) => [text, isLiteral, maySplit])).toEqual([
    ['srun', true, false],
    ['$OPTIONS', false, true],
    ['$PYTHON', false, false],
    ['$ENV/bin/python', false, true],
    ['$@', false, true],
    ['$(cat "a b" | sort)', false, true],
    ['\u0024{x:-"}"}', false, true],
    ['*.py', true, true],
  ]);
});

test('redirections and here-documents are no words, and what a here-document holds is no command', () => {
  const script = readScript(
    "cat >out 2>&1 <<'END' last\nsrun -n 1 x\nEND\necho a 2> err <<-E\n\tb\n\tE\necho c <<<'d e'\n",
  );
  expect(script.commands.map(({ words }) => words.map(({ text }) => text))).toEqual([
    ['cat', 'last'],
    ['echo', 'a'],
    ['echo', 'c'],
  ]);
  expect(script.documents.map(({ text }) => text)).toEqual(['srun -n 1 x\nEND\n', '\tb\n\tE\n']);
  expect(script.isBroken).toBe(false);
});

test('a command in a compound one knows where the outermost statement begins', () => {
  const text =
    'a; b\nfor x in 1 2; do\n  if c; then\n    d |\n      e\n  fi\ndone\ncase $x in\n  (f) g ;;\n  h) i;;\nesac\nj() {\n  k\n}\nl &&\n  m\nn';
  const starts = readScript(text).commands.map(({ words, statementStart }) => [
    words[0]?.text,
    /^\w+/.exec(text.slice(statementStart))?.[0],
  ]);
  expect(starts).toEqual(
    expect.arrayContaining([
      ['b', 'a'],
      ['c', 'for'],
      ['d', 'for'],
      ['e', 'for'],
      ['g', 'case'],
      ['i', 'case'],
      ['k', 'j'],
      ['l', 'l'],
      ['m', 'l'],
      ['n', 'n'],
    ]),
  );
  expect(readScript(text).isBroken).toBe(false);
});

test.for(["echo 'a", 'echo "a', 'if a; then b', 'cat <<END\na', 'echo $(a', '(a', 'a; fi', 'echo `a'])(
  '%j is no whole script',
  (text) => {
    expect(readScript(text).isBroken).toBe(true);
  },
);

test.for([
  'a=(srun -n 1 x)',
  'echo $((1 + (2 * 3)))',
  '[[ a =~ (b|c) ]]',
  '((i++))',
  'a <(b) >(c)',
  'function f {\n a\n}',
  "echo $'it\\'s'",
])('%j of bash is a whole one', (text) => expect(readScript(text).isBroken).toBe(false));

test('any text is read, each word at its place and in order', () => {
  const piece = fc.oneof(
    fc.string({ maxLength: 8 }),
    fc.constantFrom(
      '"',
      "'",
      '`',
      '$(',
      '${',
      ')',
      '}',
      '\\',
      '\n',
      '<<E',
      ' ',
      ';',
      '|',
      '(',
      'if ',
      'fi',
      '#',
      '$',
      '&&',
      'a=(',
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
      const text = pieces.join('');
      let last = 0;
      for (const { words } of readScript(text).commands) {
        for (const { start, end } of words) {
          expect(start).toBeGreaterThanOrEqual(last);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
          last = end;
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('deep nesting and long text end soon', () => {
  const before = performance.now();
  for (const text of [
    '$('.repeat(20_000),
    '"$('.repeat(20_000),
    '(('.repeat(20_000),
    'a '.repeat(100_000),
    '`'.repeat(50_000),
  ])
    readScript(text);
  expect(performance.now() - before).toBeLessThan(10_000);
});
