import { expect, test } from 'vitest';
import { memoryHost } from '../../test/recordings/memory-host.ts';
import { placesOf } from './places.ts';

test('links are followed, and told in the order in which they were met', async () => {
  const host = memoryHost().file('/data/env/bin/python').link('/home/u', '../data').link('/data/env/bin/py', 'python');
  const place = await placesOf(host).find('/home/u/env/bin/py');
  expect(place?.path).toBe('/data/env/bin/python');
  expect(place?.links).toEqual([
    { path: '/home/u', target: '../data' },
    { path: '/data/env/bin/py', target: 'python' },
  ]);
});

test('`..` behind a link is above where the link leads', async () => {
  const host = memoryHost().file('/data/b/file').folder('/data/a').link('/a', '/data/a');
  expect((await placesOf(host).find('/a/../b/file'))?.path).toBe('/data/b/file');
});

test('links in a circle lead nowhere', async () => {
  const host = memoryHost().link('/a', 'b').link('/b', 'a');
  expect(await placesOf(host).find('/a/x')).toBeUndefined();
});

test('a file has nothing in it', async () => {
  expect(await placesOf(memoryHost().file('/a')).find('/a/b')).toBeUndefined();
});
