import { expect, test } from 'vitest';
import type { Environment } from '#schema';
import { draftElf } from '../../test/recordings/elf-draft.ts';
import { memoryHost } from '../../test/recordings/memory-host.ts';
import { readEnvironment } from './index.ts';

const SITE = '/e/lib/python3.12/site-packages';
const METADATA = (name: string, version: string) => `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;
const WHEEL =
  'Wheel-Version: 1.0\nGenerator: bdist_wheel 0.40\nRoot-Is-Purelib: false\nTag: cp312-cp312-manylinux_2_17_x86_64\n';

function venv() {
  return memoryHost()
    .file('/usr/bin/python3.12', 'program')
    .folder('/usr/lib/python3/dist-packages')
    .file('/e/pyvenv.cfg', 'home = /usr/bin\nVersion = 3.12.4\ninclude-system-site-packages = false\n')
    .link('/e/bin/python', '/usr/bin/python3.12')
    .file(`${SITE}/tide-1.2.dist-info/METADATA`, METADATA('Tide', '1.2'))
    .file(`${SITE}/tide-1.2.dist-info/WHEEL`, WHEEL)
    .file(`${SITE}/tide-1.2.dist-info/INSTALLER`, 'uv\n')
    .file(
      `${SITE}/tide-1.2.dist-info/RECORD`,
      'tide/_core.abi3.so,,\ntide.libs/libmoon-1a2b3c4d.so.2,,\ntide/__init__.py,,\n',
    )
    .file(`${SITE}/tide/_core.abi3.so`, draftElf({ needed: ['libmoon-1a2b3c4d.so.2'], rpath: '$ORIGIN/../tide.libs' }))
    .file(`${SITE}/tide.libs/libmoon-1a2b3c4d.so.2`, draftElf({ soname: 'libmoon-1a2b3c4d.so.2' }));
}

async function inventory(host = venv(), place = '/e', pythonPath: readonly string[] = []): Promise<Environment> {
  const read = await readEnvironment(host, { place, around: { pythonPath } });
  if (!read.ok) throw new Error(read.failure.message);
  return read.value;
}

test('what a venv contains', async () => {
  const { python, form, sites, distributions, objects, unknown } = await inventory();
  expect({ form, sites, unknown }).toEqual({ form: 'venv', sites: [{ path: SITE, origin: 'own' }], unknown: [] });
  expect(python).toEqual({
    ...{ version: '3.12.4', basePrefix: '/usr', executable: '/e/bin/python', isThere: true, withSystemSites: false },
  });
  expect(distributions).toMatchObject([
    { name: 'Tide', version: '1.2', installer: 'uv', platforms: ['manylinux_2_17_x86_64'], hasRecord: true },
  ]);
  expect(objects).toMatchObject([
    { path: `${SITE}/tide.libs/libmoon-1a2b3c4d.so.2`, kind: 'bundled', distribution: 0 },
    { path: `${SITE}/tide/_core.abi3.so`, kind: 'extension', distribution: 0, rpath: '$ORIGIN/../tide.libs' },
  ]);
});

test('sites are in the order of sys.path, with folders that .pth files name, each once', async () => {
  const host = venv()
    .file(`${SITE}/far.pth`, `# none\nimport far\n/far\n/far\n/nowhere\n`)
    .file('/far/rain-2.dist-info/METADATA', METADATA('rain', '2'))
    .file('/module/wind-3.egg-info/PKG-INFO', METADATA('wind', '3'));
  const { sites, distributions } = await inventory(host, '/e', ['/module', '/nothing']);
  expect(sites.map(({ path, origin }) => [path, origin])).toEqual([
    ['/module', 'pythonpath'],
    [SITE, 'own'],
    ['/far', 'pth'],
  ]);
  expect(distributions.map(({ name, site }) => [name, site])).toEqual([
    ['wind', 0],
    ['Tide', 1],
    ['rain', 2],
  ]);
});

test('what is broken is told, and the rest stands', async () => {
  const host = venv()
    .remove('/usr/bin/python3.12')
    .file(`${SITE}/odd-1.dist-info/METADATA`, 'no metadata')
    .file(`${SITE}/tide/_cut.abi3.so`, draftElf({ needed: ['x'] }).subarray(0, 40))
    .file(`${SITE}/tide/script.so`, '/* GNU ld script */')
    .link(`${SITE}/tide/libgone.so`, 'libnowhere.so.1');
  const { python, distributions, objects, unknown } = await inventory(host);
  expect(python?.isThere).toBe(false);
  expect(distributions.map(({ name, version, hasRecord }) => [name, version, hasRecord])).toEqual([
    ['odd', '1', false],
    ['Tide', '1.2', true],
  ]);
  expect(objects).toHaveLength(2);
  expect(unknown.map(({ what }) => what)).toEqual([
    `${SITE}/odd-1.dist-info/METADATA`,
    `${SITE}/tide/_cut.abi3.so`,
    `${SITE}/tide/libgone.so`,
  ]);
});

test('a folder that is no environment is told', async () => {
  const read = await readEnvironment(memoryHost().folder('/home/x'), { place: '/home/x', around: { pythonPath: [] } });
  expect(read).toMatchObject({ failure: { code: 'environment/none' } });
});

test('packages of conda, and libraries of its prefix', async () => {
  const conda = JSON.stringify({ name: 'mpich', version: '4.3.2', build: 'external_0', channel: 'conda-forge' });
  const host = memoryHost()
    .file('/c/lib/python3.12/site-packages/tide-1.dist-info/METADATA', METADATA('tide', '1'))
    .file('/c/conda-meta/mpich-4.3.2-external_0.json', conda)
    .file('/c/conda-meta/broken.json', '[]')
    .file('/c/bin/python3', 'program')
    .file('/c/lib/libmoon.so.2.1', draftElf({ soname: 'libmoon.so.2' }))
    .link('/c/lib/libmoon.so.2', 'libmoon.so.2.1');
  const { form, conda: packages, objects, unknown } = await inventory(host, '/c');
  expect({ form, packages }).toMatchObject({ form: 'conda', packages: [{ name: 'mpich', build: 'external_0' }] });
  expect(objects.map(({ path, realPath, kind }) => [path, realPath, kind])).toEqual([
    ['/c/lib/libmoon.so.2', '/c/lib/libmoon.so.2.1', 'library'],
    ['/c/lib/libmoon.so.2.1', undefined, 'library'],
  ]);
  expect(unknown.map(({ what }) => what)).toEqual(['broken.json']);
});
