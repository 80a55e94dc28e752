import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { failure, success } from '#base';
import { listMpiPrefixes } from './mpi-candidates.ts';
import { chooseMpi, type MpiProcess, type OpenedLibrary } from './mpi-choice.ts';

const MPI = ['MPI_Init', 'MPI_Get_version'];
const KINDS: Readonly<Record<string, readonly string[]>> = {
  mpich: MPI,
  openmpi: [...MPI, 'ompi_mpi_comm_self'],
  standard: [...MPI, 'MPI_Abi_get_version'],
  none: [],
};

interface Library {
  readonly soname?: string;
  readonly kind?: string;
  readonly needed?: readonly string[];
}

interface World {
  /** By path. */
  readonly files?: Readonly<Record<string, Library>>;
  /** What the loader finds by name. */
  readonly found?: Readonly<Record<string, string>>;
  readonly folders?: readonly string[];
  readonly preloaded?: readonly string[];
}

/** A loader over a table: a name in the process is taken from there, as glibc does. */
function processOf({ files = {}, found = {}, folders = [], preloaded = [] }: World): MpiProcess {
  const inside = new Map<string, string>(preloaded.map((path) => [files[path]?.soname ?? path, path]));
  const locate = (name: string) => (name.includes('/') ? name : (inside.get(name) ?? found[name]));
  function gather(name: string): string[] | string {
    const path = locate(name);
    const file = path === undefined ? undefined : files[path];
    if (path === undefined || file === undefined) return `${name} is not found`;
    const all = [path];
    for (const needed of file.needed ?? []) {
      const below = gather(needed);
      if (typeof below === 'string') return below;
      all.push(...below);
    }
    inside.set(file.soname ?? name, path);
    return all;
  }
  const definerIn = (paths: readonly string[]) => async (symbol: string) =>
    paths.find((path) => KINDS[files[path]?.kind ?? 'none']?.includes(symbol));
  const open = (name: string): OpenedLibrary | string => {
    const all = gather(name);
    return typeof all === 'string' ? all : { path: all[0] ?? name, definer: definerIn(all) };
  };
  return {
    own: { definer: definerIn(preloaded) },
    isFolder: async (path) => folders.includes(path.replace(/\/$/, '')),
    open: async (name) => {
      const opened = open(name);
      return typeof opened === 'string' ? failure({ code: 'test/missing', message: opened }) : success(opened);
    },
  };
}

interface RealCase {
  readonly python: Parameters<typeof listMpiPrefixes>[0];
  readonly environment: Readonly<Record<string, string>>;
  readonly folders: readonly string[];
  readonly opens: Readonly<Record<string, string>>;
  readonly own: string;
  readonly modules: readonly string[];
  readonly expected: { readonly abi: string | null; readonly tried: readonly string[] };
}

// What mpi4py itself tried and chose, with its own code over tables of libraries that open.
const folder = join(import.meta.dirname, 'cases/mpi-choice');
describe.for(readdirSync(folder))('%s', (file) => {
  const { version, cases } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as {
    version: string;
    cases: readonly RealCase[];
  };

  test.for(cases.map((one, number) => ({ number, ...one })))('$number', async (one) => {
    const libraries = Object.entries(one.opens).map(([name, kind]) => [`/libraries/${name}`, { kind }] as const);
    const modules = one.modules.map((abi) => [abi, `/mpi4py/MPI.${abi}.so`] as const);
    const own = { '/own': { kind: one.own } };
    const plain = Object.fromEntries(modules.map(([, path]) => [path, { kind: 'mpich' }]));
    const table = processOf({
      files: { ...Object.fromEntries(libraries), ...plain, ...own },
      folders: one.folders,
      preloaded: ['/own'],
    });
    const tried: string[] = [];
    const choice = await chooseMpi(
      {
        version,
        modules: new Map(modules),
        environment: one.environment,
        prefixes: listMpiPrefixes(one.python),
      },
      {
        ...table,
        open: (name) => {
          if (name.startsWith('/mpi4py/')) return table.open(name);
          tried.push(name);
          return table.open(name in one.opens ? `/libraries/${name}` : '/none');
        },
      },
    );
    expect({ abi: choice.ok ? choice.value.abi : null, tried }).toEqual(one.expected);
  });
});

const wheel = new Map([
  ['mpich', '/mpi4py/MPI.mpich.so'],
  ['openmpi', '/mpi4py/MPI.openmpi.so'],
]);
const modulesOfWheel = {
  '/mpi4py/MPI.mpich.so': { needed: ['libmpi.so.12'] },
  '/mpi4py/MPI.openmpi.so': { needed: ['libmpi.so.40'] },
};
const prefixes = listMpiPrefixes({ prefix: '/venv', basePrefix: '/usr', hasBaseSite: false });
const choose = (world: World, environment = {}, modules = wheel) =>
  chooseMpi(
    { version: '4.1.2', modules, environment, prefixes },
    processOf({ ...world, files: { ...modulesOfWheel, ...world.files } }),
  );

test("a wheel's library in the virtual environment comes before the site's", async () => {
  const files = {
    '/venv/lib/libmpi.so.12': { soname: 'libmpi.so.12', kind: 'mpich' },
    '/site/libmpi.so.40': { soname: 'libmpi.so.40', kind: 'openmpi' },
  };
  const world = { files, folders: ['/venv/lib'], found: { 'libmpi.so.40': '/site/libmpi.so.40' } };
  expect(await choose(world)).toMatchObject({
    value: { library: '/venv/lib/libmpi.so.12', abi: 'mpich', via: 'virtual environment' },
  });
  expect(await choose(world, { MPI4PY_MPIABI: 'openmpi' })).toMatchObject({
    value: { library: '/site/libmpi.so.40', abi: 'openmpi', via: 'MPI4PY_MPIABI', tried: [] },
  });
});

test('a library of another name decides for an extension module that cannot be loaded', async () => {
  // Debian 12: `libmpi.so` leads to `libmpich.so.12`, and the wheel needs `libmpi.so.12`.
  const files = { '/usr/lib/libmpich.so.12': { soname: 'libmpich.so.12', kind: 'mpich' } };
  const world = { files, found: { 'libmpi.so': '/usr/lib/libmpich.so.12' } };
  expect(await choose(world)).toMatchObject({
    failure: { message: 'MPI.mpich.so cannot be loaded: libmpi.so.12 is not found' },
  });
});

test('the library that decides need not be the one that is called', async () => {
  const files = {
    '/a/libmpich.so': { soname: 'libmpich.so.12', kind: 'mpich' },
    '/b/libmpi.so.12': { soname: 'libmpi.so.12', kind: 'mpich' },
  };
  const world = { files, found: { 'libmpi.so.12': '/b/libmpi.so.12' } };
  expect(await choose(world, { MPI4PY_LIBMPI: '/a/libmpich.so' })).toMatchObject({
    value: { library: '/b/libmpi.so.12', decidedBy: '/a/libmpich.so' },
  });
});

test('what is preloaded serves, whatever else would be found', async () => {
  const files = {
    '/pre/libmpi.so.40': { soname: 'libmpi.so.40', kind: 'openmpi' },
    '/venv/lib/libmpi.so.12': { soname: 'libmpi.so.12', kind: 'mpich' },
  };
  const world = { files, folders: ['/venv/lib'], preloaded: ['/pre/libmpi.so.40'] };
  expect(await choose(world)).toMatchObject({ value: { library: '/pre/libmpi.so.40', via: 'the process' } });
});

test('a module that was built for one library asks for it by name', async () => {
  const files = {
    '/mpi4py/MPI.so': { needed: ['libmpi_wrapper.so'] },
    '/site/libmpi_wrapper.so': { needed: ['libmpi.so.40'] },
    '/site/libmpi.so.40': { kind: 'openmpi' },
  };
  const found = { 'libmpi_wrapper.so': '/site/libmpi_wrapper.so', 'libmpi.so.40': '/site/libmpi.so.40' };
  const modules = new Map([['', '/mpi4py/MPI.so'], ...wheel]);
  expect(await choose({ files, found }, {}, modules)).toMatchObject({ value: { library: '/site/libmpi.so.40' } });
  expect(await choose({ files }, {}, modules)).toMatchObject({
    failure: { message: 'MPI.so cannot be loaded: libmpi_wrapper.so is not found' },
  });
  expect(await choose({}, {}, new Map())).toMatchObject({ failure: { message: 'mpi4py has no extension module' } });
});

test('without any MPI the reason says what was tried', async () => {
  expect(await choose({ files: { '/x/libmpi.so': {} }, found: { 'libmpi.so': '/x/libmpi.so' } })).toMatchObject({
    failure: { message: expect.stringContaining('libmpi.so is no MPI, libmpi.so.12 did not open') },
  });
});

test.for([
  [{ prefix: '/v', basePrefix: '/b', userBase: '/u', hasBaseSite: true }, ['/v', '/u', '/b']],
  [{ prefix: '/v', basePrefix: '/b', hasBaseSite: false }, ['/v']],
  [{ prefix: '/b', basePrefix: '/b', hasBaseSite: true }, ['/b']],
] as const)('the prefixes of %o', ([python, paths]) => {
  expect(listMpiPrefixes(python).map(({ path }) => path)).toEqual(paths);
});
