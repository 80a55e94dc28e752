import { expect, test } from 'vitest';
import { shellPath } from './shell.ts';

test('a plain path is written as it is', () => {
  expect(shellPath('/opt/env/lib/python3.11')).toBe('/opt/env/lib/python3.11');
});

test('the home folder and the user name stay open for the shell', () => {
  expect(shellPath('~/venv')).toBe('~/venv');
  expect(shellPath('/scratch/$USER/env')).toBe('/scratch/"$USER"/env');
});

test('anything else is taken literally', () => {
  expect(shellPath('/a b/$(rm -rf x)')).toBe(`'/a b/$(rm -rf x)'`);
  expect(shellPath(`/it's`)).toBe(`'/it'\\''s'`);
  expect(shellPath('/a~')).toBe(`'/a~'`);
});
