import { expect, test } from 'vitest';
import type { Elf } from '#formats/elf';
import { createProcess, type LoaderMachine, type Opened, type Resolution } from './index.ts';

type Part = Partial<Elf>;

const elf = (part: Part = {}): Elf => ({
  ...{ machine: 62, bits: 64, order: 'little', type: 'shared', needed: [], flags: [] },
  ...{ versionsNeeded: [], versionsDefined: [] },
  ...part,
});

type Tree = Readonly<Record<string, Part | 'damaged'>>;

function machineOf(tree: Tree, part: Partial<LoaderMachine> = {}): LoaderMachine {
  return {
    ...{
      cache: [],
      defaultFolders: ['/lib'],
      subfolders: ['glibc-hwcaps/x86-64-v3'],
      lib: 'lib64',
      platform: 'x86_64',
    },
    folder: '/job',
    async open(path): Promise<Opened> {
      const found = tree[path];
      if (found === 'damaged') return { kind: 'damaged', because: 'it is cut short' };
      return found ? { kind: 'object', identity: path, elf: elf(found) } : { kind: 'absent' };
    },
    ...part,
  };
}

async function load(tree: Tree, names: readonly string[], part: Partial<LoaderMachine> = {}, program: Part = {}) {
  const process = createProcess(machineOf(tree, part), { path: '/bin/python', identity: 'python', elf: elf(program) });
  const all: Resolution[] = [];
  for (const name of names) all.push(...(await process.load(name)));
  return { all, process };
}

const shown = ({ steps, path }: Resolution) =>
  [...steps.map(({ rule, place, outcome }) => `${rule} ${place} ${outcome}`), path ?? 'nothing'].join(', ');
const why = (all: readonly Resolution[], name: string) => all.filter((one) => one.name === name).map(shown);

test('RPATH, LD_LIBRARY_PATH, RUNPATH, cache, default folders: in this order', async () => {
  const tree = { '/e/m.so': { needed: ['libx.so'], rpath: '$ORIGIN/libs:/r' }, '/lib/libx.so': {} };
  const { all } = await load(tree, ['/e/m.so'], { libraryPath: '/v;' });
  expect(why(all, 'libx.so')).toEqual([
    'rpath /e/libs absent, rpath /r absent, library-path /v absent, library-path /job absent, cache libx.so absent, default /lib found, /lib/libx.so',
  ]);
  const runpath = { ...tree, '/e/m.so': { needed: ['libx.so'], rpath: '/r', runpath: '/n' }, '/r/libx.so': {} };
  const other = await load(runpath, ['/e/m.so'], { libraryPath: '/v' });
  expect(why(other.all, 'libx.so')).toEqual([
    'library-path /v absent, runpath /n absent, cache libx.so absent, default /lib found, /lib/libx.so',
  ]);
});

test("the RPATH of who loaded it counts, the program's as well; a RUNPATH is not inherited", async () => {
  const tree = {
    '/e/m.so': { needed: ['liba.so'], rpath: '/r' },
    '/r/liba.so': { needed: ['libb.so', 'libc.so'] },
    '/r/libb.so': {},
    '/p/libc.so': {},
  };
  const inherited = await load(tree, ['/e/m.so'], {}, { rpath: '/p' });
  expect(inherited.all.map(({ path }) => path)).toEqual(['/e/m.so', '/r/liba.so', '/r/libb.so', '/p/libc.so']);
  const single = { ...tree, '/e/m.so': { needed: ['liba.so'], runpath: '/r' } };
  const alone = await load(single, ['/e/m.so'], {}, { runpath: '/p' });
  expect(alone.all.map(({ path }) => path)).toEqual(['/e/m.so', '/r/liba.so', undefined, undefined]);
  expect(alone.process.objects.map(({ path }) => path)).toEqual(['/bin/python']);
});

test('what is loaded under a name or SONAME stays, whatever else could be found', async () => {
  const tree = {
    '/a/libmpi.so.12': { soname: 'libmpi.so.12' },
    '/e/m.so': { needed: ['libmpi.so.12'], rpath: '/b' },
    '/b/libmpi.so.12': { soname: 'libmpi.so.12' },
  };
  const { all } = await load(tree, ['/a/libmpi.so.12', '/e/m.so']);
  expect(why(all, 'libmpi.so.12')).toEqual(['loaded /a/libmpi.so.12 found, /a/libmpi.so.12']);
});

test('a file of another machine is passed over, one that is damaged ends the search', async () => {
  const tree = {
    '/e/m.so': { needed: ['libx.so'], rpath: '/one:/two' },
    '/one/libx.so': { machine: 183 },
    '/two/libx.so': {},
  };
  const { all } = await load(tree, ['/e/m.so']);
  expect(why(all, 'libx.so')).toEqual([
    'rpath /one/libx.so other-machine, rpath /one absent, rpath /two found, /two/libx.so',
  ]);
  const cut = await load({ ...tree, '/one/libx.so': 'damaged' }, ['/e/m.so']);
  expect(why(cut.all, 'libx.so')).toEqual(['rpath /one/libx.so damaged, nothing']);
});

test('of the cache the entry for the best processor is taken; NODEFLIB bars system folders', async () => {
  const entry = (path: string, hwcaps?: string) => ({
    ...{ name: 'libx.so', path, flags: 0x303, isLegacy: false },
    ...(hwcaps === undefined ? {} : { hwcaps }),
  });
  const cache = [entry('/lib/libx.so'), entry('/lib/v4/libx.so', 'x86-64-v4'), entry('/lib/v3/libx.so', 'x86-64-v3')];
  const tree = { '/e/m.so': { needed: ['libx.so'] }, '/lib/v3/libx.so': {}, '/lib/libx.so': {} };
  const { all } = await load(tree, ['/e/m.so'], { cache });
  expect(why(all, 'libx.so')).toEqual(['cache /lib/v3/libx.so found, /lib/v3/libx.so']);
  const barred = { ...tree, '/e/m.so': { needed: ['libx.so'], flags: ['NODEFLIB'] } };
  const other = await load(barred, ['/e/m.so'], { cache });
  expect(why(other.all, 'libx.so')).toEqual(['cache libx.so absent, nothing']);
});

test('LD_PRELOAD comes first; what of it is not found stops nothing', async () => {
  const tree = { '/p/libx.so': { soname: 'libx.so' }, '/lib/libx.so': {}, '/e/m.so': { needed: ['libx.so'] } };
  const { all, process } = await load(tree, ['/e/m.so'], { preload: '/p/libx.so:/gone.so' });
  expect(all.map(({ how, path }) => [how, path])).toEqual([
    ['preload', '/p/libx.so'],
    ['preload', undefined],
    ['dlopen', '/e/m.so'],
    ['needed', '/p/libx.so'],
  ]);
  expect(process.objects.map(({ path }) => path)).toEqual(['/bin/python', '/p/libx.so', '/e/m.so']);
});

test('$LIB, $PLATFORM and folders for better processors', async () => {
  const tree = {
    '/e/m.so': { needed: ['libx.so'], rpath: '/r/$LIB:/r/$PLATFORM' },
    '/r/x86_64/glibc-hwcaps/x86-64-v3/libx.so': {},
    '/r/x86_64/libx.so': {},
  };
  const { all } = await load(tree, ['/e/m.so']);
  expect(why(all, 'libx.so')).toEqual([
    'rpath /r/lib64 absent, rpath /r/x86_64/glibc-hwcaps/x86-64-v3 found, /r/x86_64/glibc-hwcaps/x86-64-v3/libx.so',
  ]);
});
