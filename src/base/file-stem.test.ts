import { expect, test } from 'vitest';
import { fileStem } from './file-stem.ts';

test.for([
  ['app.py', 'app'],
  ['/project/run.sh', 'run'],
  ['tool', 'tool'],
  ['-rf.py', 'job'],
  ['a b.py', 'job'],
  ['$(x).py', 'job'],
  ['', 'job'],
])('%s begins the names of files with %s', ([script = '', stem]) => {
  expect(fileStem(script)).toBe(stem);
});
