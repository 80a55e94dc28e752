import { execFileSync } from 'node:child_process';
import { test } from 'vitest';
import { drawCommand, isCommand, shellWords } from './command.ts';

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
