import { execFileSync } from 'node:child_process';
import { test } from 'vitest';
import { drawCommand, isCommand, shellWords, wrapSentence } from './command.ts';

test('words in quotes stay together', ({ expect }) => {
  expect(shellWords(`sed -i '/a b/d' "x y" c\\ d`)).toEqual(['sed', '-i', `'/a b/d'`, '"x y"', 'c\\ d']);
});

test('a command drawn over several lines is the same command to a shell', ({ expect }) => {
  const command = `printf '%s|' 'two words' "a  b" plain --option=value /a/long/path/to/something another\\ one last`;
  const lines = drawCommand(command, 44, '    ');
  expect(lines.length).toBeGreaterThan(2);
  expect(lines.every((line) => line.length <= 44)).toBe(true);
  const run = (script: string) => execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
  expect(run(lines.join('\n'))).toBe(run(command));
});

test('a word longer than the line is joined again by the shell', ({ expect }) => {
  const path = Array.from({ length: 9 }, (_, index) => `/lustre/project/tools/library-${index}`).join(':');
  const command = `export ONE=two THREE=${path} FOUR="five six" && printf '%s' "$THREE$FOUR"`;
  const lines = drawCommand(command, 60, '       ');
  expect(lines.every((line) => line.length <= 60)).toBe(true);
  const run = (script: string) => execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' });
  expect(run(lines.join('\n'))).toBe(run(command));
});

test('what a backslash cannot join is marked as one line', ({ expect }) => {
  const lines = drawCommand(`echo '${'x'.repeat(100)}'`, 60, '  ');
  expect(lines.at(-1)).toBe('  (one line, broken here)');
});

test('a sentence is no command', ({ expect }) => {
  expect(['unset PYTHONPATH', 'export A=b', './x/y z'].every(isCommand)).toBe(true);
  expect(['put the import back at the top of the file', 'python'].some(isCommand)).toBe(false);
});

test('a command in a sentence is not broken between two lines where it fits into one', ({ expect }) => {
  const text = 'Start it with the PMI that this library speaks: `srun --mpi=pmi2 -n 16 python app.py`.';
  expect(wrapSentence(text, 60, '  fix: ', '    ')).toEqual([
    '  fix: Start it with the PMI that this library speaks:',
    '    `srun --mpi=pmi2 -n 16 python app.py`.',
  ]);
});

test('a command wider than a line stands alone, on lines that can be pasted', ({ expect }) => {
  const text = '`srun --mpi=pmi2 -n 16 --cpu-bind=cores python app.py`, then look again.';
  expect(wrapSentence(text, 40, 'fix: ', '  ')).toEqual([
    'fix:',
    '  srun --mpi=pmi2 -n 16 \\',
    '    --cpu-bind=cores python app.py',
    '  then look again.',
  ]);
});
