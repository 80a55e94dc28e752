import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Result } from '#base';
import {
  isPylockName,
  readCondaEnvironment,
  readPylock,
  readPyproject,
  readRequirements,
  readUvLock,
} from './index.ts';

/** A project that uv 0.13.9 locked and exported; made for this test. */
const caseOf = (name: string) => readFileSync(join(import.meta.dirname, 'cases', name), 'utf8');

function valueIn<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

const INICONFIG = 'iniconfig-2.3.1-py3-none-any.whl';

describe('pylock.toml', () => {
  const { requiresPython, packages } = valueIn(readPylock(caseOf('pylock.toml')));

  test('has each package with its files', () => {
    expect(requiresPython).toBe('>=3.11');
    const iniconfig = packages.find(({ name }) => name === 'iniconfig');
    expect(iniconfig).toMatchObject({
      version: '2.3.1',
      source: { kind: 'index', location: 'https://pypi.org/simple', isEditable: false },
      sdist: { name: 'iniconfig-2.3.1.tar.gz' },
      hasVariants: false,
    });
    expect(iniconfig?.wheels).toMatchObject([{ name: INICONFIG, hashes: [{ algorithm: 'sha256' }] }]);
    expect(iniconfig?.wheels[0]?.bytes).toBeGreaterThan(1000);
  });

  test('says where a package is wanted, and which is a folder', () => {
    expect(packages.find(({ name }) => name === 'colorama')?.marker).toBe("sys_platform == 'win32'");
    expect(packages.find(({ name }) => name === 'local')?.source).toEqual({
      kind: 'folder',
      location: 'local',
      isEditable: true,
    });
  });

  test('may name files that were built at a site, and repositories', () => {
    const text = `lock-version = "1.1"
[[packages]]
name = "mpi4py"
wheels = [{ path = "./wheels/mpi4py-4.1.2-cp311-cp311-linux_x86_64.whl", hashes = { sha256 = "00" } }]
variants-json = { url = "x" }
[[packages]]
name = "a"
[packages.vcs]
type = "git"
url = "https://token@host/a.git"
commit-id = "1"`;
    expect(valueIn(readPylock(text)).packages).toMatchObject([
      { hasVariants: true, wheels: [{ name: 'mpi4py-4.1.2-cp311-cp311-linux_x86_64.whl' }] },
      { source: { kind: 'repository', location: 'https://host/a.git' } },
    ]);
  });

  test.for(['', 'lock-version = "2.0"', 'lock-version = 1', 'lock-version = "1.0"\npackages = [{}]', '['])(
    'is not %j',
    (text) => expect(readPylock(text).ok).toBe(false),
  );

  test('has one of few names', () => {
    expect(['pylock.toml', 'pylock.gpu.toml'].every(isPylockName)).toBe(true);
    expect(['pylock.a.b.toml', 'pylock..toml', 'uv.lock', 'a/pylock.toml', 'mypylock.toml'].some(isPylockName)).toBe(
      false,
    );
  });
});

test('uv.lock has the files of pylock.toml, and the project itself', () => {
  const lock = valueIn(readUvLock(caseOf('uv.lock')));
  const pylock = valueIn(readPylock(caseOf('pylock.toml')));
  expect(lock.requiresPython).toBe('>=3.11');
  for (const { name, version, wheels, sdist } of pylock.packages.filter(({ source }) => source.kind === 'index')) {
    const own = lock.packages.find((one) => one.name === name);
    expect(own).toMatchObject({ version, source: { kind: 'index' } });
    expect(own?.wheels).toEqual(wheels);
    expect(own?.sdist).toEqual(sdist);
  }
  expect(lock.packages.find(({ name }) => name === 'app')?.source).toMatchObject({ kind: 'folder', isEditable: true });
  expect(readUvLock('version = 2').ok).toBe(false);
});

describe('pyproject.toml', () => {
  test('has requirements, groups with what they include, and how uv builds', () => {
    expect(valueIn(readPyproject(caseOf('pyproject.toml')))).toEqual({
      name: 'app',
      version: '1.0',
      requiresPython: '>=3.11',
      dependencies: ['iniconfig>=2', "colorama; sys_platform == 'win32'", 'local'],
      optionalDependencies: new Map([['plot', ['pluggy']]]),
      dependencyGroups: new Map([
        ['test-all', ['pluggy>=1', 'iniconfig']],
        ['more', ['iniconfig']],
      ]),
      dynamic: [],
      build: { backend: 'setuptools.build_meta', requires: ['setuptools>=77'] },
      uv: {
        noBinaryPackages: ['mpi4py'],
        noBuildIsolationPackages: ['h5py'],
        buildConstraints: [],
        extraBuildVariables: new Map([
          [
            'mpi4py',
            new Map([
              ['MPI4PY_BUILD_MPICC', 'mpicc'],
              ['PHAROS_SITE_KEY', 'abc'],
            ]),
          ],
        ]),
      },
    });
  });

  test('may have groups that go round, or grow without end', () => {
    const include = (name: string) => `{ include-group = "${name}" }`;
    const round = `[dependency-groups]\na = ["x", ${include('b')}]\nb = [${include('a')}]\nc = ["y"]\nd = [${include('z')}]`;
    expect(valueIn(readPyproject(round)).dependencyGroups).toEqual(new Map([['c', ['y']]]));
    const lines = Array.from(
      { length: 60 },
      (_, index) => `g${index + 1} = [${include(`g${index}`)}, ${include(`g${index}`)}]`,
    );
    expect(
      valueIn(readPyproject(`[dependency-groups]\ng0 = ["x"]\n${lines.join('\n')}`)).dependencyGroups.get('g0'),
    ).toEqual(['x']);
  });
});

describe('a requirements file', () => {
  test('as uv exports it', () => {
    const lines = valueIn(readRequirements(caseOf('requirements.txt')));
    expect(lines.map((line) => (line.kind === 'requirement' ? line.text : line))).toEqual([
      { line: 3, kind: 'editable', target: '.' },
      { line: 4, kind: 'editable', target: './local' },
      "colorama==0.4.6 ; sys_platform == 'win32'",
      'iniconfig==2.3.1',
      'pluggy==1.7.0',
    ]);
    for (const line of lines) if (line.kind === 'requirement') expect(line.hashes).toHaveLength(2);
  });

  test('has options, other files, continuations and comments', () => {
    const text = [
      '# all',
      '-r base.txt  # more',
      '-cconstraints.txt',
      '--index-url=https://me:secret@host/simple',
      '--no-index',
      '-e git+https://me@host/p.git#egg=p',
      'h5py \\',
      '  >=3 ; python_version \\',
      '  > "3.9" --config-settings="a=b" --hash=sha256:ab',
      'a @ https://h/a-1.whl#sha256=ab',
      './local/b.whl\\',
      '  # ends it',
      'c\\',
    ].join('\r\n');
    expect(valueIn(readRequirements(text))).toEqual([
      { line: 2, kind: 'requirements', file: 'base.txt' },
      { line: 3, kind: 'constraints', file: 'constraints.txt' },
      { line: 4, kind: 'option', name: '--index-url', value: 'https://host/simple' },
      { line: 5, kind: 'option', name: '--no-index' },
      { line: 6, kind: 'editable', target: 'git+https://host/p.git#egg=p' },
      { line: 7, kind: 'requirement', text: 'h5py   >=3 ; python_version   > "3.9"', hashes: ['sha256:ab'] },
      { line: 10, kind: 'requirement', text: 'a @ https://h/a-1.whl#sha256=ab', hashes: [] },
      { line: 11, kind: 'requirement', text: './local/b.whl', hashes: [] },
      { line: 13, kind: 'requirement', text: 'c', hashes: [] },
    ]);
  });
});

describe('environment.yml', () => {
  test('has packages of conda and of pip, and no secrets', () => {
    const text = `name: sim
channels: [conda-forge/label/mpi-external, "https://conda.example/t/tk-1/private/noarch"]
dependencies:
  - python=3.12
  - mpich=4.3.*=external_*
  - pip:
    - mpi4py>=4
    - -r more.txt
prefix: /home/me
`;
    expect(valueIn(readCondaEnvironment(text))).toEqual({
      name: 'sim',
      channels: ['conda-forge/label/mpi-external', 'https://conda.example/private/noarch'],
      dependencies: ['python=3.12', 'mpich=4.3.*=external_*'],
      pip: ['mpi4py>=4', '-r more.txt'],
    });
  });

  test('that repeats itself without end, or is too deep, is refused', () => {
    const names = [...'abcdefghij'];
    const laughs = names.map(
      (name, index) => `${name}: &${name} [${Array(9).fill(index === 0 ? 'x' : `*${names[index - 1]}`)}]`,
    );
    expect(readCondaEnvironment(laughs.join('\n')).ok).toBe(false);
    expect(readCondaEnvironment(`a: ${'['.repeat(100_000)}`).ok).toBe(false);
    expect(readCondaEnvironment('- a list').ok).toBe(false);
  });
});

test('nothing is thrown for any text', () => {
  const files = ['pylock.toml', 'uv.lock', 'pyproject.toml', 'requirements.txt'].map(caseOf);
  const broken = fc
    .tuple(fc.constantFrom(...files), fc.nat(3000), fc.nat(30), fc.string({ unit: 'binary', maxLength: 5 }))
    .map(([text, at, length, put]) => text.slice(0, at) + put + text.slice(at + length));
  const readers = [readPylock, readUvLock, readPyproject, readRequirements, readCondaEnvironment];
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), broken), (text) => {
      for (const read of readers) read(text);
    }),
  );
  for (const read of readers) read(`a = ${'['.repeat(50_000)}`);
});
