import { failure, nameOf, success } from '#base';
import type { Host } from '#host';
import { createProcess, type LoadedObject, type LoaderProcess, type Resolution } from '#loader';
import type { MpiProcess, OpenedLibrary } from './mpi-choice.ts';
import type { Linker } from './read-linkage.ts';
import { readNames } from './read-names.ts';

type Definer = OpenedLibrary['definer'];

/** A process of a program into which the loader of this machine would load MPI: nothing is loaded, files are read. */
export function createMpiProcess({ machine, program }: Linker, host: Host): MpiProcess {
  const process = createProcess(machine, program);
  const symbols = new Map<string, Promise<ReadonlySet<string>>>();
  const symbolsOf = ({ path, identity }: LoadedObject) => {
    const found =
      symbols.get(identity) ?? readNames(host, path, 'all').then((names) => names?.defined ?? new Set<string>());
    symbols.set(identity, found);
    return found;
  };
  const definerAmong =
    (objects: readonly LoadedObject[]): Definer =>
    async (symbol) => {
      for (const object of objects)
        if ((await symbolsOf(object)).has(symbol)) return pathWithoutLinks(host, object.path);
      return undefined;
    };
  // Loading the program itself loads what it starts with.
  const start = memoized(async () => {
    await process.load(program.path);
    return definerAmong([...process.objects]);
  });
  return {
    own: { definer: async (symbol) => (await start())(symbol) },
    async isFolder(path) {
      const real = await host.realPath(path);
      const status = real.ok && real.value !== undefined ? await host.status(real.value) : undefined;
      return status?.ok === true && status.value?.type === 'folder';
    },
    async open(name) {
      await start();
      const resolutions = await process.load(name);
      const opened = resolutions.find(({ how }) => how === 'dlopen');
      const object = opened && process.objects.find(({ path }) => path === opened.path);
      if (!object) return failure({ code: 'environment/not-loaded', message: missingOf(name, resolutions) });
      return success({ path: object.path, definer: definerAmong(listScope(object, process)) });
    },
  };
}

function memoized<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

function missingOf(name: string, resolutions: readonly Resolution[]): string {
  const missing = resolutions.find(({ how, path }) => how !== 'preload' && path === undefined);
  const isDamaged = missing?.steps.some(({ outcome }) => outcome === 'damaged');
  const because = isDamaged ? 'is no library' : 'is not found';
  if (!missing || missing.how === 'dlopen') return `${name} ${because}`;
  return `${missing.name}, which ${nameOf(missing.wantedBy)} needs, ${because}`;
}

/** An object and what it needs, breadth first, as dlsym looks. */
function listScope(first: LoadedObject, { objects }: LoaderProcess): LoadedObject[] {
  const scope = [first];
  for (const { elf } of scope) {
    for (const needed of elf.needed) {
      const found = objects.find(({ names, elf: { soname } }) => names.has(needed) || soname === needed);
      if (found && !scope.includes(found)) scope.push(found);
    }
  }
  return scope;
}

async function pathWithoutLinks(host: Host, path: string): Promise<string> {
  const real = await host.realPath(path);
  return real.ok && real.value !== undefined ? real.value : path;
}
