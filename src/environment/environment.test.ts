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

test('a file that has several names is one, also where all of them are links into a store', async () => {
  const moon = draftElf({ soname: 'libmoon.so.2' });
  const host = venv()
    .file('/store/moon/libmoon.so.2.1', moon)
    .link(`${SITE}/tide/libmoon.so`, '/store/moon/libmoon.so.2.1')
    .link(`${SITE}/tide/libmoon.so.2`, '/store/moon/libmoon.so.2.1')
    .link(`${SITE}/tide.libs/libmoon.so.2`, 'libmoon-1a2b3c4d.so.2');
  const { objects } = await inventory(host);
  const aliases = objects.map(({ path, aliasOf }) => [path.slice(SITE.length), aliasOf?.slice(SITE.length)]);
  expect(Object.fromEntries(aliases)).toEqual({
    '/tide.libs/libmoon-1a2b3c4d.so.2': undefined,
    '/tide.libs/libmoon.so.2': '/tide.libs/libmoon-1a2b3c4d.so.2',
    '/tide/_core.abi3.so': undefined,
    '/tide/libmoon.so': undefined,
    '/tide/libmoon.so.2': '/tide/libmoon.so',
  });
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

const record = (rows: Readonly<Record<string, string>>) =>
  Object.entries(rows)
    .map(([path, content]) => `${path},sha256=${content},${content.length}\n`)
    .join('');

test('files of RECORD that are gone are told, links to nothing among them; not bytecode, scripts, metadata and what lies behind a link', async () => {
  const rows = {
    'rain/a.py': 'a',
    'rain/tests/test_a.py': 'b',
    'rain/_core.abi3.so': 'c',
    'rain/there.py': 'd',
    'rain/data/table.json': 'e',
    'rain/__pycache__/a.cpython-312.pyc': 'f',
    'rain-1.dist-info/METADATA': 'g',
    'rain-1.dist-info/licence': 'h',
    '../../../bin/rain': 'i',
    'linked/b.py': 'j',
    '/elsewhere/c.py': 'k',
    'rain/cached.py': 'l',
    'rain/cleaned.py': 'm',
  };
  const host = venv()
    .file(`${SITE}/rain-1.dist-info/METADATA`, METADATA('rain', '1'))
    .file(`${SITE}/rain-1.dist-info/RECORD`, record(rows))
    .file(`${SITE}/rain/there.py`, '')
    .file('/far/b.py', '')
    .link(`${SITE}/linked`, '/far')
    .link(`${SITE}/rain/cached.py`, '/far/b.py')
    .link(`${SITE}/rain/cleaned.py`, '/far/gone.py');
  const { distributions } = await inventory(host);
  expect(distributions.map(({ name, gone }) => [name, gone])).toEqual([
    [
      'rain',
      {
        ...{ files: 5, code: 3, listed: 8 },
        some: ['a.py', '_core.abi3.so', 'cleaned.py', 'tests/test_a.py', 'data/table.json'].map(
          (path) => `${SITE}/rain/${path}`,
        ),
      },
    ],
    ['Tide', { files: 1, code: 1, listed: 3, some: [`${SITE}/tide/__init__.py`] }],
  ]);
});

test('files that two distributions recorded with different content, with whose they are by their size', async () => {
  const module = draftElf({});
  const rows = (digest: string, bytes: number) =>
    `rain/_core.abi3.so,sha256=${digest},${bytes}\nrain/same.py,sha256=same,4\nrain/other.py,sha256=${digest},4\n`;
  const host = venv()
    .file(`${SITE}/rain-1.dist-info/RECORD`, rows('one', 17))
    .file(`${SITE}/rain_gpu-1.dist-info/RECORD`, rows('two', module.length))
    .file(`${SITE}/rain/_core.abi3.so`, module);
  for (const name of ['same', 'other']) host.file(`${SITE}/rain/${name}.py`, 'four');
  for (const name of ['rain', 'rain_gpu']) host.file(`${SITE}/${name}-1.dist-info/METADATA`, METADATA(name, '1'));
  const { overlaps, distributions } = await inventory(host);
  expect(distributions.map(({ name }) => name).slice(0, 2)).toEqual(['rain', 'rain_gpu']);
  expect(overlaps).toEqual([
    {
      ...{ distributions: [0, 1], files: 2, natives: 1 },
      some: [{ path: `${SITE}/rain/_core.abi3.so`, stands: 1 }, { path: `${SITE}/rain/other.py` }],
    },
  ]);
});

test('copies of one SONAME are compared by what users of any of them need', async () => {
  const library = (defined: readonly string[]) => draftElf({ soname: 'libsun.so.1', defined });
  const user = (symbols: readonly string[]) => draftElf({ needed: ['libsun.so.1'], symbols });
  const host = venv()
    .file(`${SITE}/old/libsun.so.1`, library(['rise']))
    .file(`${SITE}/new/libsun.so.1`, library(['rise', 'set']))
    .file(`${SITE}/old/_core.abi3.so`, user(['rise', 'printf']))
    .file(`${SITE}/new/_core.abi3.so`, user(['rise', 'set', 'printf']));
  expect((await inventory(host)).unlike).toBeUndefined();
  // Of the same length and without build ids they could be one file.
  host.file(`${SITE}/new/libsun.so.1`, Buffer.concat([library(['rise', 'set']), Buffer.alloc(8)]));
  expect((await inventory(host)).unlike).toEqual([
    {
      soname: 'libsun.so.1',
      copies: [
        { path: `${SITE}/new/libsun.so.1`, lacks: [], lacking: 0 },
        {
          path: `${SITE}/old/libsun.so.1`,
          lacks: [{ symbol: 'set', user: `${SITE}/new/_core.abi3.so` }],
          lacking: 1,
        },
      ],
    },
  ]);
});

test.for([
  [{ needed: ['libmpi.so.40'], symbols: ['MPI_Init', 'ompi_mpi_comm_world'] }, 'openmpi'],
  [{ needed: ['libmpi.so.12'], symbols: ['MPI_Init', 'ompi_mpi_comm_world'] }, 'openmpi'],
  [{ needed: ['libmpi.so.12'], symbols: ['MPI_Init'] }, 'mpich'],
  [{ needed: ['libmpi_gnu_123.so.12'], symbols: ['PMPI_Init'] }, 'mpich'],
  [{ needed: ['libmpi_abi.so.1'], symbols: ['MPI_Init'] }, 'standard-abi'],
  [{ needed: ['libmpi.so.40'], symbols: ['printf'] }, undefined],
  [{ needed: [], symbols: ['MPI_Init'] }, 'any'],
  [{ needed: [], symbols: ['MPIC_nothing'] }, undefined],
] as const)('the MPI that %j was built for', async ([draft, mpi]) => {
  const host = venv()
    .file(`${SITE}/tide-1.2.dist-info/METADATA`, `${METADATA('Tide', '1.2')}Requires-Dist: mpi4py (>=3)\n`)
    .file(`${SITE}/tide/_core.abi3.so`, draftElf(draft));
  const { objects } = await inventory(host);
  expect(objects.find(({ kind }) => kind === 'extension')?.mpi).toBe(mpi);
});
