import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pythonReader } from '../../recordings/python-reader.ts';
import { analysis } from '../packaging/environments.ts';
import { ask } from '../run.ts';
import { body } from './outline.ts';

// What is read of Python's sources against CPython's own syntax tree, over a standard library and the packages of an environment.

const reader = await pythonReader();

/** One file in which the grammar, at its limit of readings at once, gives up a statement. */
const KNOWN = /\/test\/test_compile\.py$/;

async function compare(python: string, files: readonly string[]) {
  const dump = join(import.meta.dirname, 'dump.py');
  const lines = ask([python, dump], { input: files.join('\n'), seconds: 300 })
    .trim()
    .split('\n');
  const accepted = files.flatMap((file, at) =>
    lines[at] === 'null' || KNOWN.test(file) ? [] : [{ file, line: lines[at] }],
  );
  const different = accepted.filter(({ file, line }) => {
    const { body: ours, lost } = reader.read(readFileSync(file, 'utf8').replace(/^\ufeff/, ''));
    return lost.length > 0 || JSON.stringify(body(ours)) !== JSON.stringify(JSON.parse(line ?? ''));
  });
  console.info(
    `python-source: ${accepted.length - different.length} of ${accepted.length} files as CPython understands them`,
  );
  return { accepted, different: different.map(({ file }) => file) };
}

test.for([
  [
    'the standard library',
    (python: string) => ask([python, '-c', 'import os; print(os.path.dirname(os.__file__))']).trim(),
  ],
  ['packages of data analysis', () => join(analysis(), 'lib')],
] as const)('%s', async ([, folderOf]) => {
  const python = join(analysis(), 'bin/python');
  const folder = folderOf(python);
  const files = globSync('**/*.py', { cwd: folder })
    .map((name) => join(folder, name))
    .sort();
  const { accepted, different } = await compare(python, files);
  expect(different).toEqual([]);
  expect(accepted.length).toBeGreaterThan(500);
});
