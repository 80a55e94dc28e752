import fc from 'fast-check';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { readLuaModulefile, readTclModulefile } from '#formats/modulefile';
import { isPylockName, readPyproject } from '#formats/project';
import type { PackagePlan } from '#schema';
import { writeLuaModulefile, writeTclModulefile } from './modulefiles.ts';
import { lockName, planFiles } from './plan-files.ts';
import { writeUvSettings } from './uv-settings.ts';

const decision = { isAsked: true, because: 'x', settings: [], links: [], install: [] };
const plan: PackagePlan = {
  kind: 'pharos-package-plan',
  version: 1,
  tool: { name: 'pharos', version: '0' },
  site: 'Trial 2.0',
  partitions: ['batch'],
  mpi: {
    title: 'MPICH before 5',
    version: '4.0.2',
    library: '/opt/mpich/lib/libmpi.so.12',
    isFound: false,
  },
  start: { command: 'srun --mpi=pmi2', because: 'both speak PMI-2', isKnown: true },
  modules: [],
  siteKey: 'mpich 4.0.2',
  externals: [
    { name: 'mpich', version: '4.0.2', variants: '', prefix: '/opt/mpich', modules: ['mpich/4.0.2'] },
    { name: 'hdf5', version: '1.14.3', variants: '+mpi', prefix: '/opt/hdf5', modules: [] },
  ],
  decisions: [
    {
      ...decision,
      name: 'mpi4py',
      from: 'setting',
      settings: [{ name: 'MPI4PY_LIBMPI', value: '/plan/lib/libmpi.so.12' }],
      links: [{ name: 'libmpi.so.12', target: '/opt/mpich/lib/libmpich.so.12' }],
      check: 'python -c 1',
    },
    {
      ...decision,
      name: 'adios2',
      from: 'rebuild',
      build: {
        variables: [{ name: 'CC', value: '/opt/mpich/bin/mpicc' }],
        settings: [{ name: 'cmake.define.ADIOS2_USE_MPI', value: 'ON' }],
      },
    },
  ],
  notes: [],
};
const place = { folder: '/plan', moduleName: 'pharos-Trial-2-0', lock: lockName('Trial 2.0'), isBuilt: false };

function fileOf(path: string, more: Partial<PackagePlan> = {}): string {
  const files = planFiles({ ...plan, ...more }, place);
  if (!files.ok) throw new Error(files.failure.message);
  return files.value.find((one) => one.path === path)?.text ?? '';
}

test('the lock has a name that PEP 751 allows', () => {
  for (const site of ['Trial 2.0', '../x', '', '.', 'ä.b']) expect(isPylockName(lockName(site))).toBe(true);
});

describe('settings of uv', () => {
  test('keep builds of another MPI apart, and build what has to be built', () => {
    expect(parse(fileOf('uv.toml'))).toEqual({
      'no-binary-package': ['adios2'],
      'extra-build-variables': { adios2: { CC: '/opt/mpich/bin/mpicc', PHAROS_SITE_KEY: 'mpich 4.0.2' } },
      'config-settings-package': { adios2: { 'cmake.define.ADIOS2_USE_MPI': 'ON' } },
    });
    const project = readPyproject(fileOf('pyproject-part.toml'));
    expect(project.ok && project.value.uv?.extraBuildVariables.get('adios2')?.get('PHAROS_SITE_KEY')).toBe(
      'mpich 4.0.2',
    );
  });

  test('allow wheels that were built here', () => {
    expect(parse(writeUvSettings(plan, { table: '', isBuilt: true }))).not.toHaveProperty('no-binary-package');
  });

  test('are not written where nothing is built', () => {
    expect(fileOf('uv.toml', { decisions: plan.decisions.slice(0, 1) })).toBe('');
  });

  test('hold any text', () => {
    const text = fc.string({ unit: 'binary', maxLength: 20 });
    fc.assert(
      fc.property(text, text, (name, value) => {
        const build = { variables: [{ name: 'A', value }], settings: [{ name, value }] };
        const written = writeUvSettings(
          { ...plan, decisions: [{ ...decision, name: 'x', from: 'rebuild', build }] },
          { table: '', isBuilt: false },
        );
        expect(parse(written)).toMatchObject({ 'extra-build-variables': { x: { A: value } } });
      }),
    );
  });
});

test('Spack takes what was seen as it is', () => {
  expect(parseYaml(fileOf('packages.yaml'))).toEqual({
    packages: {
      hdf5: { externals: [{ spec: 'hdf5@1.14.3+mpi', prefix: '/opt/hdf5' }], buildable: false },
      mpich: { externals: [{ spec: 'mpich@4.0.2', prefix: '/opt/mpich', modules: ['mpich/4.0.2'] }], buildable: false },
    },
  });
});

describe('modules', () => {
  const word = fc.string({ unit: fc.constantFrom(...'ab/-_ $"\'\\[]{}=;#]'), maxLength: 12 });
  const name = fc.stringMatching(/^[A-Z_]{1,8}$/);
  const around = fc.record({
    modules: fc.array(fc.stringMatching(/^\w[\w.-]{0,8}(\/[\w.-]{1,8})?$/), { maxLength: 2 }),
    set: fc.array(fc.record({ name, value: word }), { maxLength: 3 }),
    libraryFolders: fc.array(word, { maxLength: 2 }),
  });

  test('in Lua are read as they were meant', () => {
    fc.assert(
      fc.property(around, ({ modules, set, libraryFolders }) => {
        const read = readLuaModulefile(writeLuaModulefile('m', 'about', { modules, set, libraryFolders }));
        expect(read.ok && read.value.notUnderstood).toEqual([]);
        expect(read.ok && read.value.statements.map(({ name: one, value }) => value ?? one)).toEqual([
          ...modules,
          ...set.map(({ value }) => value),
          ...[...libraryFolders].reverse(),
        ]);
      }),
    );
  });

  test('in Tcl are read as they were meant, where nothing had to be escaped', () => {
    fc.assert(
      fc.property(around, ({ modules, set }) => {
        const plainly = set.filter(({ value }) => !/[{}\\]/.test(value));
        const read = readTclModulefile(writeTclModulefile('m', 'about', { modules, set: plainly, libraryFolders: [] }));
        expect(read.ok && read.value.notUnderstood).toEqual([]);
        expect(read.ok && read.value.statements.flatMap(({ value }) => value ?? [])).toEqual(
          plainly.map(({ value }) => value),
        );
      }),
    );
  });

  test('and shells find links first, then the folder of an MPI that the loader does not know', () => {
    expect(fileOf('environment.sh')).toBe(`# Written by pharos plan packages.
export PYTHONNOUSERSITE=1
export MPI4PY_LIBMPI=/plan/lib/libmpi.so.12
export LD_LIBRARY_PATH=/plan/lib:/opt/mpich/lib"\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
`);
    const lua = readLuaModulefile(fileOf('modulefiles/lmod/pharos-Trial-2-0.lua'));
    expect(lua.ok && lua.value.statements.filter(({ kind }) => kind === 'prepend').map(({ value }) => value)).toEqual([
      '/opt/mpich/lib',
      '/plan/lib',
    ]);
  });
});

test('a text that would end a line is refused', () => {
  expect(planFiles({ ...plan, siteKey: 'a\nb' }, place).ok).toBe(false);
});

test('the page says how to apply and to check', () => {
  expect(fileOf('README.md')).toMatchSnapshot();
});
