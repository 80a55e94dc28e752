import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { pathOfBytes } from '#base';
import {
  readCondaPackage,
  readDirectUrl,
  readEntryPoints,
  readMetadata,
  readRecord,
  readSbom,
  readUvBuild,
  readVariants,
  readWheelFile,
  readWheelName,
} from './index.ts';

describe('the name of a wheel', () => {
  const read = (name: string) => {
    const result = readWheelName(name);
    return result.ok ? result.value : undefined;
  };

  test('has tags with alternatives', () => {
    expect(read('mpi4py-4.1.2-cp311-cp311-manylinux1_x86_64.manylinux_2_5_x86_64.whl')).toEqual({
      distribution: 'mpi4py',
      version: '4.1.2',
      pythons: ['cp311'],
      abis: ['cp311'],
      platforms: ['manylinux1_x86_64', 'manylinux_2_5_x86_64'],
    });
    expect(read('impi_rt-2021.19.0-py2.py3-none-manylinux_2_28_x86_64.whl')).toMatchObject({ pythons: ['py2', 'py3'] });
    expect(read('numpy-2.5.5-cp314-cp314t-musllinux_1_2_aarch64.whl')).toMatchObject({ abis: ['cp314t'] });
    expect(read('pyobjc_core-10.0-cp38-cp38-macosx_11_0_universal2.whl')).toMatchObject({
      platforms: ['macosx_11_0_universal2'],
    });
    expect(read('torch-2.9.0+cu130-cp312-cp312-linux_x86_64.whl')).toMatchObject({ version: '2.9.0+cu130' });
  });

  test('may have a build, the label of a variant, or both', () => {
    const tags = { pythons: ['py3'], abis: ['none'], platforms: ['any'] };
    expect(read('a-1-2-py3-none-any.whl')).toEqual({ distribution: 'a', version: '1', build: '2', ...tags });
    expect(read('a-1-py3-none-any-cu13.whl')).toEqual({ distribution: 'a', version: '1', variant: 'cu13', ...tags });
    expect(read('a-1-2x-py3-none-any-x86.v3.whl')).toMatchObject({ build: '2x', variant: 'x86.v3' });
  });

  test.for([
    'a-1-py3-none.whl',
    'a-1-py3-none-any.zip',
    'a-1-py3-none-any-UP.whl',
    'a-1-2-py3-none-any-b-c.whl',
    '../a-1-py3-none-any.whl',
    'a-1--none-any.whl',
    'a-1-2-none-any.whl',
    '.whl',
    '',
  ])('is not %s', (name) => expect(read(name)).toBeUndefined());
});

describe('METADATA', () => {
  test('has what other packages are needed, whatever its line ends', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const lines = [
        ...['Metadata-Version: 2.5', 'name: h5py', 'Version:3.16.0 ', 'Requires-Dist: numpy>=1.21.2', 'Summary: one'],
        ...['       two', 'Provides-Extra: mpi', 'REQUIRES-DIST: mpi4py; extra == "mpi"', 'Requires-Python: >=3.10'],
        ...['Import-Name: h5py', '', 'Requires-Dist: in-the-description'],
      ];
      expect(readMetadata(lines.join(end))).toEqual({
        ok: true,
        value: {
          metadataVersion: '2.5',
          name: 'h5py',
          version: '3.16.0',
          requires: ['numpy>=1.21.2', 'mpi4py; extra == "mpi"'],
          requiresExternal: [],
          requiresPython: '>=3.10',
          extras: ['mpi'],
          dynamic: [],
          importNames: ['h5py'],
          importNamespaces: [],
          summary: 'one\n       two',
        },
      });
    }
  });

  test('keeps bytes that are not UTF-8', () => {
    const bytes = Buffer.concat([
      Buffer.from('Name: a\nVersion: 1\nSummary: '),
      Buffer.from([0xe9]),
      Buffer.from('\n'),
    ]);
    expect(readMetadata(pathOfBytes(bytes))).toMatchObject({ value: { summary: '\udce9' } });
  });

  test('of a later major version, or without a name, are refused', () => {
    expect(readMetadata('Metadata-Version: 3.0\nName: a\nVersion: 1\n').ok).toBe(false);
    expect(readMetadata('Metadata-Version: 2.9\nName: a\nVersion: 1\n').ok).toBe(true);
    expect(readMetadata('Name: a\n').ok).toBe(false);
    expect(readMetadata('').ok).toBe(false);
  });
});

test('WHEEL says each tag, and who made it', () => {
  const text =
    'Wheel-Version: 1.0\nGenerator: setuptools (82.0.1)\nRoot-Is-Purelib: false\nTag: cp311-cp311-manylinux_2_5_x86_64\nTag: cp311-cp311-manylinux1_x86_64\nTag: nonsense\n\n';
  expect(readWheelFile(text)).toEqual({
    ok: true,
    value: {
      wheelVersion: '1.0',
      generator: 'setuptools (82.0.1)',
      isPure: false,
      tags: ['manylinux_2_5_x86_64', 'manylinux1_x86_64'].map((platform) => ({
        pythons: ['cp311'],
        abis: ['cp311'],
        platforms: [platform],
      })),
    },
  });
  expect(readWheelFile('Wheel-Version: 2.0\n').ok).toBe(false);
});

describe('RECORD', () => {
  test('has quoted paths, files without a hash, and rows that are none', () => {
    const text = [
      'a.py,sha256=mHUu4o1UhL3CgU-3CttqCy-zH2qbjueugf0vyc8wCzs,4',
      '"with, ""quotes"".py",,',
      '../../../bin/a,sha256=AA==,0',
      '',
      'too,many,1,fields',
      '"open,sha256=AA,1',
      'a,md5,1',
      'b,,-1',
      'last',
    ].join('\r\n');
    expect(readRecord(text)).toEqual({
      ok: true,
      value: {
        entries: [
          {
            path: 'a.py',
            hash: { algorithm: 'sha256', digest: 'mHUu4o1UhL3CgU-3CttqCy-zH2qbjueugf0vyc8wCzs' },
            bytes: 4,
          },
          { path: 'with, "quotes".py' },
          { path: '../../../bin/a', hash: { algorithm: 'sha256', digest: 'AA==' }, bytes: 0 },
          { path: 'last' },
        ],
        malformed: 4,
      },
    });
  });

  test('is read as it was written, for any paths', () => {
    const path = fc.string({ unit: 'binary', minLength: 1 });
    const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
    fc.assert(
      fc.property(fc.array(path), fc.constantFrom('\n', '\r\n'), (paths, end) => {
        const read = readRecord(paths.map((one) => `${quoted(one)},sha256=AA,7`).join(end));
        expect(read.ok && read.value.entries.map((entry) => entry.path)).toEqual(paths);
      }),
    );
  });

  test('of open quotes takes no longer than its length', () => {
    const text = '"a\n'.repeat(20_001);
    const before = performance.now();
    readRecord(text);
    expect(performance.now() - before).toBeLessThan(2000);
  });
});

test('entry points are pairs in groups', () => {
  const text = '[console_scripts]\n# none\nf2py = numpy.f2py.f2py2e:main [x]\r\nno pair\n\n[a.b]\nx=y:z = w\n';
  expect(readEntryPoints(`lost = x\n${text}`)).toEqual([
    { group: 'console_scripts', name: 'f2py', value: 'numpy.f2py.f2py2e:main [x]' },
    { group: 'a.b', name: 'x', value: 'y:z = w' },
  ]);
});

test('direct_url.json tells editable folders, and no secrets', () => {
  expect(readDirectUrl('{"url":"file:///home/u/p","dir_info":{"editable":true}}')).toEqual({
    ok: true,
    value: { url: 'file:///home/u/p', kind: 'folder', isEditable: true },
  });
  expect(readDirectUrl('{"url":"https://me:s@cret@h/x@1","vcs_info":{"vcs":"git","commit_id":"abc"}}')).toMatchObject({
    value: { url: 'https://h/x@1', kind: 'repository', commit: 'abc' },
  });
  expect(readDirectUrl('[]').ok).toBe(false);
});

test('uv_build.json tells with what a distribution was built', () => {
  // As uv 0.13.9 wrote it.
  const text =
    '{"config_settings":{"key":"v"},"extra_build_requires":[{"requirement":{"name":"wheel","index":null,"conflict":null},"match_runtime":false}],"extra_build_variables":{"MPI4PY_BUILD_MPICC":"mpicc","PHAROS_SITE_KEY":"abc"}}';
  expect(readUvBuild(text)).toEqual({
    ok: true,
    value: {
      configSettings: { key: 'v' },
      extraRequires: ['wheel'],
      extraVariables: { MPI4PY_BUILD_MPICC: 'mpicc', PHAROS_SITE_KEY: 'abc' },
    },
  });
});

test('a list of contents names the libraries that auditwheel put in', () => {
  // Cut down from numpy-2.5.5-cp312-cp312-musllinux_1_2_x86_64.whl.
  const text =
    '{"bomFormat": "CycloneDX", "specVersion": "1.4", "components": [{"type": "library", "name": "libgcc", "version": "14.2.0-r6", "purl": "pkg:apk/alpine/libgcc@14.2.0-r6", "components": [{"name": "inner"}]}, {}]}';
  expect(readSbom(text)).toEqual({
    ok: true,
    value: [
      { name: 'libgcc', version: '14.2.0-r6', type: 'library', packageUrl: 'pkg:apk/alpine/libgcc@14.2.0-r6' },
      { name: 'inner' },
    ],
  });
  expect(readSbom('{"spdxVersion": "SPDX-2.3"}').ok).toBe(false);
});

test('variants are read of one version of their schema', () => {
  const of = (version: string) =>
    readVariants(
      JSON.stringify({
        $schema: `https://variants-schema.wheelnext.dev/peps/825/${version}.json`,
        variants: { cu13: { nvidia: { sm_arch: ['90_real', 'BAD'], 'not a name': ['x'] } }, null: {} },
      }),
    );
  expect(of('v0.1.1')).toEqual({
    ok: true,
    value: [
      { label: 'cu13', features: [{ namespace: 'nvidia', feature: 'sm_arch', values: ['90_real'] }] },
      { label: 'null', features: [] },
    ],
  });
  expect(of('v0.0.3').ok).toBe(false);
  expect(of('v0.2.0').ok).toBe(false);
});

test('a package of conda has its build and its channel, without a token', () => {
  // Synthetic, in the form that conda documents.
  const text =
    '{"name": "mpich", "version": "4.3.0", "build": "external_5", "channel": "https://u:p@conda.example/t/se-cret/conda-forge/label/mpi-external/linux-64", "subdir": "linux-64", "depends": ["mpi 1.0 mpich"], "constrains": [], "files": ["bin/x", 3]}';
  expect(readCondaPackage(text)).toEqual({
    ok: true,
    value: {
      name: 'mpich',
      version: '4.3.0',
      build: 'external_5',
      channel: 'https://conda.example/conda-forge/label/mpi-external/linux-64',
      subfolder: 'linux-64',
      depends: ['mpi 1.0 mpich'],
      constrains: [],
      files: ['bin/x'],
    },
  });
  expect(readCondaPackage('{"name": "x"}').ok).toBe(false);
});

test('nothing is thrown, whatever the text or the JSON', () => {
  const readers = [
    ...[readCondaPackage, readDirectUrl, readMetadata, readRecord, readSbom, readUvBuild, readVariants],
    ...[readWheelFile, readWheelName, readEntryPoints],
  ];
  const names = fc.constantFrom(
    'name',
    'url',
    'dir_info',
    'components',
    'variants',
    '$schema',
    '__proto__',
    'bomFormat',
  );
  const json = fc.letrec((tie) => ({
    value: fc.oneof(fc.string(), fc.constant(null), fc.constant('CycloneDX'), fc.array(tie('value')), tie('object')),
    object: fc.dictionary(names, tie('value')),
  })).object;
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    json.map((value) => JSON.stringify(value)),
  );
  const lines = fc.array(fc.oneof(text, fc.constantFrom('Name: a', ' b', ':', 'x,y,', '"', '[g]', '=')));
  fc.assert(fc.property(lines, (all) => readers.forEach((read) => void read(all.join('\n')))));
});
