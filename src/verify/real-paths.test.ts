import { expect, test } from 'vitest';
import { memoryMachine } from '../../test/machines/memory-machine.ts';
import { realPaths } from './real-paths.ts';

const real = realPaths(
  memoryMachine({
    '/lustre/u/env/lib/a.py': '',
    '/lustre/u/env/bin/python': { link: 'python3' },
    '/lustre/u/env/bin/python3': { link: '/usr/bin/python3.11' },
    '/usr/bin/python3.11': '',
    '/home/u': { link: '/lustre/u' },
    '/loop': { link: '/loop/further' },
    '/stage/lustre/u/env/other': { link: '/lustre/u/env/other' },
    '/up': { link: 'home/u/../v' },
  }).host,
);

test.for([
  ['/home/u/env/lib/a.py', '/lustre/u/env/lib/a.py'],
  ['/home/u/env/bin/python', '/usr/bin/python3.11'],
  ['/stage/lustre/u/env/other/nothing/here.py', '/lustre/u/env/other/nothing/here.py'],
  ['/home/u/env/../env/./lib', '/lustre/u/env/lib'],
  ['/up', '/lustre/v'],
  ['/', '/'],
])('%s leads to %s', async ([path, place], { expect }) => {
  expect(await real.of(path ?? '')).toBe(place);
});

test('a link in the last component is not followed where a call does not', async () => {
  expect(await real.of('/home/u/env/bin/python', false)).toBe('/lustre/u/env/bin/python');
});

test('links that lead into themselves end', async () => {
  expect(await real.of('/loop/x')).toMatch(/^\/loop/);
});
