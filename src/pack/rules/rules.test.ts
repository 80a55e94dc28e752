import { expect, test } from 'vitest';
import { draftOf, names } from '../../../test/recordings/image-case.ts';
import { type MemoryHost, memoryHost } from '../../../test/recordings/memory-host.ts';
import { readRecorded } from '../recorded.ts';
import { select } from '../select.ts';

const ENV = '/lustre/env';
const SITE = `${ENV}/lib/python3.11/site-packages`;
const TOOL = `${SITE}/tool`;

/** What is packed below the environment, and why. */
async function packed(host: MemoryHost, opened: readonly string[], onlyTraced = false, loaded: readonly string[] = []) {
  const draft = draftOf(opened);
  for (const module of loaded) draft.import(0, module);
  const recorded = readRecorded([draft.recording()], names);
  if (!recorded.ok) throw new Error(recorded.failure.message);
  const { selection } = await select(recorded.value, host, { whole: [], onlyTraced, misses: [], caches: [] });
  return Object.fromEntries([...selection.files].map(([path, { because }]) => [path.replace(`${ENV}/`, ''), because]));
}

const below = (path: string) => path.replace(`${ENV}/`, '');

test('bytecode that was read stands for its source', async () => {
  const host = memoryHost().file(`${TOOL}/a.py`).file(`${TOOL}/__pycache__/a.cpython-311.pyc`);
  expect(await packed(host, [`${TOOL}/__pycache__/a.cpython-311.pyc`])).toEqual({ [below(`${TOOL}/a.py`)]: 'traced' });
});

test('every distribution keeps what tells of its version and plugins', async () => {
  const host = memoryHost()
    .file(`${TOOL}/__init__.py`)
    .file(`${SITE}/other-1.dist-info/entry_points.txt`)
    .file(`${SITE}/other-1.dist-info/METADATA`)
    .file(`${SITE}/other-1.dist-info/licenses/LICENSE`);
  const all = await packed(host, [`${TOOL}/__init__.py`]);
  expect(
    Object.keys(all)
      .filter((path) => path.includes('dist-info'))
      .sort(),
  ).toEqual([below(`${SITE}/other-1.dist-info/METADATA`), below(`${SITE}/other-1.dist-info/entry_points.txt`)]);
  expect(Object.keys(await packed(host, [`${TOOL}/__init__.py`], true))).toEqual([below(`${TOOL}/__init__.py`)]);
});

test('each .pth file is packed, for every start reads it', async () => {
  const host = memoryHost().file(`${TOOL}/__init__.py`).file(`${SITE}/editable.pth`);
  expect(await packed(host, [`${TOOL}/__init__.py`], true)).toMatchObject({
    [below(`${SITE}/editable.pth`)]: 'path-configurations',
  });
});

test('small data beside a package is packed, headers and large files are not', async () => {
  const host = memoryHost()
    .file(`${TOOL}/__init__.py`)
    .file(`${TOOL}/table.json`)
    .file(`${TOOL}/tool.h`)
    .file(`${TOOL}/large.bin`, '', { bytes: 10_000_000 });
  expect(await packed(host, [`${TOOL}/__init__.py`])).toEqual({
    [below(`${TOOL}/__init__.py`)]: 'traced',
    [below(`${TOOL}/table.json`)]: 'package-data',
  });
});

test('stubs are packed where they are read at run time', async () => {
  const host = memoryHost().file(`${TOOL}/__init__.py`).file(`${TOOL}/__init__.pyi`);
  const stub = below(`${TOOL}/__init__.pyi`);
  expect(await packed(host, [`${TOOL}/__init__.py`])).not.toHaveProperty([stub]);
  expect(await packed(host, [`${TOOL}/__init__.py`], false, ['lazy_loader'])).toMatchObject({ [stub]: 'stubs' });
});

test('what a conda package reads below its prefix comes with its libraries', async () => {
  const files = ['lib/libtides.so', 'share/tides.txt', 'share/doc/tides.txt', '../../etc/passwd'];
  const host = memoryHost()
    .file(`${ENV}/lib/libtides.so`)
    .file(`${ENV}/share/tides.txt`)
    .file(`${ENV}/share/doc/tides.txt`)
    .file(`${ENV}/share/other.txt`)
    .file(`${ENV}/conda-meta/tides.json`, JSON.stringify({ files }))
    .file(`${ENV}/conda-meta/other.json`, JSON.stringify({ files: ['share/other.txt'] }))
    .file(`${ENV}/conda-meta/broken.json`, '{');
  expect(await packed(host, [`${ENV}/lib/libtides.so`])).toEqual({
    'lib/libtides.so': 'traced',
    'share/tides.txt': 'conda-packages',
  });
});

test('plugins come with those beside them: which of them are opened is by the order of a folder', async () => {
  const host = memoryHost()
    .file(`${TOOL}/plugins/libzip.so`)
    .file(`${TOOL}/plugins/libshuffle.so`)
    .file(`${TOOL}/plugins/liblarge.so`, '', { bytes: 10_000_000 })
    .file(`${TOOL}/plugins/core.cpython-311-x86_64-linux-gnu.so`)
    .file(`${TOOL}/libs/libgfortran.so.5`)
    .file(`${TOOL}/libs/libquadmath.so.0`);
  const opened = [`${TOOL}/plugins/libzip.so`, `${TOOL}/libs/libgfortran.so.5`];
  expect(await packed(host, opened)).toEqual({
    [below(`${TOOL}/plugins/libzip.so`)]: 'traced',
    [below(`${TOOL}/plugins/libshuffle.so`)]: 'plugins',
    [below(`${TOOL}/libs/libgfortran.so.5`)]: 'traced',
  });
  expect(await packed(host, opened, true)).not.toHaveProperty([below(`${TOOL}/plugins/libshuffle.so`)]);
});

test('libraries of the machine are never packed', async () => {
  const host = memoryHost().file(`${ENV}/lib/libmpi.so.40`).file(`${ENV}/lib/libfftw3.so.3`);
  expect(await packed(host, [`${ENV}/lib/libmpi.so.40`, `${ENV}/lib/libfftw3.so.3`])).toEqual({
    'lib/libfftw3.so.3': 'traced',
  });
});

test('what was looked for and is not there makes its folder one of the stage', async () => {
  const host = memoryHost().file(`${TOOL}/__init__.py`).folder(`${TOOL}/data`);
  const recorded = readRecorded([draftOf([`${TOOL}/__init__.py`, `${TOOL}/data/none.txt`]).recording()], names);
  if (!recorded.ok) throw new Error(recorded.failure.message);
  const { selection } = await select(recorded.value, host, { whole: [], onlyTraced: true, misses: [], caches: [] });
  expect(selection.folders.has(`${TOOL}/data`)).toBe(true);
});
