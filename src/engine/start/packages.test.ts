import { expect, test } from 'vitest';
import type { ImportNode, Python } from '#schema';
import { listPackages } from './packages.ts';

const node = (module: string, selfSeconds: number, more: Partial<ImportNode> = {}): ImportNode => ({
  id: 1,
  module,
  level: 'main',
  outcome: 'loaded',
  selfSeconds,
  totalSeconds: selfSeconds,
  inStart: true,
  ...more,
});

const python = {
  version: '3.11.2',
  stdlib: '/opt/py/lib/python3.11',
  distributions: [
    { name: 'Ruamel.YAML', version: '1' },
    { name: 'numpy', version: '2.4.6' },
  ],
} as unknown as Python;

test('modules count for their top-level package, the slowest first, with its version', () => {
  const origin = '/opt/py/lib/python3.11/site-packages/numpy/__init__.py';
  const nodes = [node('own', 0.1), node('numpy', 1, { origin }), node('numpy.linalg', 2, { origin })];
  expect(listPackages({ nodes }, python, undefined)).toEqual([
    { name: 'numpy', version: '2.4.6', modules: 2, selfSeconds: 3, calls: 0 },
    { name: 'own', modules: 1, selfSeconds: 0.1, calls: 0 },
  ]);
});

test('the standard library is one package; site-packages inside its folder are not of it', () => {
  const nodes = [
    node('json', 1, { origin: '/opt/py/lib/python3.11/json/__init__.py' }),
    node('_json', 1, { origin: '/opt/py/lib/python3.11/lib-dynload/_json.so' }),
    node('sys', 1, { loader: 'builtin' }),
    node('six', 1, { origin: '/opt/py/lib/python3.11/site-packages/six.py' }),
  ];
  const rows = listPackages({ nodes }, python, undefined);
  expect(rows.map(({ name, modules }) => [name, modules])).toEqual([
    ['(standard library)', 3],
    ['six', 1],
  ]);
});

test('a module that is missing costs time, and is no module of the package', () => {
  const nodes = [node('cupy', 0.2, { outcome: 'missing' })];
  expect(listPackages({ nodes }, python, undefined)).toMatchObject([{ name: 'cupy', modules: 0, selfSeconds: 0.2 }]);
});
