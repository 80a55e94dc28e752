import { spawnSync } from 'node:child_process';
import { failure, folderOf, type Result, success } from '#base';
import { type Linker, type ReadObjects, readOnce } from '#environment';
import { type CachedLibrary, readLoaderCache } from '#formats/loader-cache';
import { type LoaderDiagnostics, readLoaderDiagnostics } from '#formats/loader-diagnostics';
import { loaderFolders } from '#knowledge';
import type { LoaderMachine, Opened } from '#loader';
import { isWithin } from '#schema';
import { localHost } from '../files/index.ts';

type Program = Linker['program'];
type Variables = Readonly<Record<string, string | undefined>>;

const LARGEST_CACHE = 64 * 1024 * 1024;

async function openObject(path: string, known: ReadObjects): Promise<Opened> {
  const read = await localHost.within(path, async (file) => ({ file, elf: await readOnce(file, known) }));
  if (!read.ok) return { kind: 'absent' };
  const { file, elf } = read.value;
  return elf.ok
    ? { kind: 'object', identity: file.identity, elf: elf.value }
    : { kind: 'damaged', because: elf.failure.message };
}

/** Each path is opened once, each folder listed once: most places that a loader looks at hold nothing. */
function openingOnce(objects: ReadObjects): LoaderMachine['open'] {
  const opened = new Map<string, Promise<Opened>>();
  const listed = new Map<string, Promise<ReadonlySet<string> | undefined>>();
  const list = async (folder: string) => {
    const names = await localHost.list(folder);
    return names.ok ? new Set(names.value.map(({ name }) => name)) : undefined;
  };
  const open = async (path: string): Promise<Opened> => {
    const folder = folderOf(path);
    const names = listed.get(folder) ?? list(folder);
    listed.set(folder, names);
    const known = await names;
    return known?.has(path.slice(path.lastIndexOf('/') + 1)) ? openObject(path, objects) : { kind: 'absent' };
  };
  return (path) => {
    const before = opened.get(path) ?? open(path);
    opened.set(path, before);
    return before;
  };
}

/** A program as it is started: its path without links. */
export async function openProgram(path: string, known: ReadObjects = new Map()): Promise<Result<Program>> {
  const real = await localHost.realPath(path);
  if (!real.ok) return real;
  if (real.value === undefined) {
    return failure({ code: 'loader/no-program', message: `${path} leads to nothing` });
  }
  const opened = await openObject(real.value, known);
  if (opened.kind === 'object') return success({ path: real.value, ...opened });
  return failure({ code: 'loader/no-program', message: `${path} is no program that a loader could start` });
}

/** A program may name any file as its loader; only what a system's own folder holds is run. */
async function isOfSystem(interpreter: string): Promise<boolean> {
  const real = await localHost.realPath(interpreter);
  const paths = [interpreter, real.ok ? real.value : undefined];
  return paths.every((path) => path !== undefined && loaderFolders.some((folder) => isWithin(path, folder)));
}

/** The loader tells of itself; it starts nothing then. Of what the user has set only this changes what it looks into. */
async function askLoader(interpreter: string, { GLIBC_TUNABLES }: Variables): Promise<Result<LoaderDiagnostics>> {
  if (!(await isOfSystem(interpreter))) {
    const message = `${interpreter} is no loader of this system, and is not asked how it searches`;
    return failure({ code: 'loader/unknown', message });
  }
  const env = GLIBC_TUNABLES === undefined ? {} : { GLIBC_TUNABLES };
  const options = { env, encoding: 'utf8', timeout: 5000, maxBuffer: 1 << 24 } as const;
  const asked = spawnSync(interpreter, ['--list-diagnostics'], options);
  if (asked.status === 0) return readLoaderDiagnostics(asked.stdout);
  return failure({
    code: 'loader/unknown',
    message: `${interpreter} does not tell how it searches (glibc does from 2.33 on)`,
  });
}

async function readCache(folder: string): Promise<readonly CachedLibrary[]> {
  const bytes = await localHost.read(`${folder}/ld.so.cache`, LARGEST_CACHE);
  const read = bytes.ok ? readLoaderCache(bytes.value) : bytes;
  return read.ok ? read.value : [];
}

/** The loader of this machine for such a program, in an environment with these variables. */
export async function localLoader(
  program: Program,
  env: Variables,
  folder: string,
  known: ReadObjects = new Map(),
): Promise<Result<Linker>> {
  const { interpreter } = program.elf;
  if (interpreter === undefined) {
    return failure({ code: 'loader/static', message: `${program.path} is static: it loads no libraries` });
  }
  const told = await askLoader(interpreter, env);
  if (!told.ok) return told;
  const { LD_LIBRARY_PATH: libraryPath, LD_PRELOAD: preload } = env;
  const machine: LoaderMachine = {
    ...told.value,
    ...{ open: openingOnce(known), folder, cache: await readCache(told.value.configuration) },
    ...(libraryPath === undefined ? {} : { libraryPath }),
    ...(preload === undefined ? {} : { preload }),
  };
  return success({ machine, program, glibc: told.value.version });
}
