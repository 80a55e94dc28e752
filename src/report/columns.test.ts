import { test } from 'vitest';
import { breakWord, cutMiddle, tabulate, widthOf, wrap } from './columns.ts';

test('East Asian characters take two columns and marks none', ({ expect }) => {
  expect([widthOf('abc'), widthOf('日本'), widthOf('e\u0301'), widthOf('👍')]).toEqual([3, 4, 1, 2]);
});

test('a path gives up folders in its middle and keeps its name', ({ expect }) => {
  expect(cutMiddle('/opt/site/env/lib/python3.11/site-packages/numpy/core/__init__.py', 40)).toBe(
    '/opt/site/env/.../numpy/core/__init__.py',
  );
  expect(cutMiddle('short', 40)).toBe('short');
  expect(cutMiddle('日本語のとても長いフォルダ/模块.py', 20)).toMatch(/\.\.\./);
  expect(widthOf(cutMiddle('日本語のとても長いフォルダ/模块.py', 20))).toBeLessThanOrEqual(20);
});

test('a chain of imports keeps who began it and who is nearest', ({ expect }) => {
  const chain = '__main__ > pandas > pandas.core.api > pandas.core.frame';
  expect(cutMiddle(chain, 40)).toBe('__main__ > ... > pandas.core.frame');
  expect(cutMiddle(chain, 25)).toBe('... > pandas.core.frame');
});

test('a long word breaks at its joints and loses nothing', ({ expect }) => {
  const pieces = breakWord('/one/two/three/four/five/six', 12);
  expect(pieces.join('')).toBe('/one/two/three/four/five/six');
  expect(pieces[0]).toBe('/one/two/');
});

test('wrapped lines hang under the first', ({ expect }) => {
  expect(wrap('one two three four', 12, '- ', '  ')).toEqual(['- one two', '  three four']);
});

test('the flexible column of a table is cut, numbers never', ({ expect }) => {
  const lines = tabulate(
    [
      { title: 'Path', flexible: true },
      { title: 'Calls', align: 'right' },
    ],
    [['/a/very/long/path/that/does/not/fit/in/here.py', '12,345']],
    30,
    '',
  );
  expect(lines.every((line) => line.length <= 30)).toBe(true);
  expect(lines[1]).toMatch(/here\.py +12,345$/);
});
