import { folderOf } from '#base';
import type { Elf } from '#formats/elf';
import { type Found, findObject, type LoadedObject, type Search } from './find-object.ts';
import type { LoaderMachine, Resolution, Step } from './machine.ts';

/** A process as the dynamic loader sees it. */
export interface LoaderProcess {
  /** What is in memory, in the order of loading. */
  readonly objects: readonly LoadedObject[];
  /** Loads a file or a name with all that it needs, as dlopen called by `by` does; of what was new to it every resolution. */
  load(name: string, by?: LoadedObject): Promise<readonly Resolution[]>;
}

/** A library with more dependencies is none. */
const MOST_OBJECTS = 5000;

/** Those that are known by the name already. A SONAME counts as soon as the object is in memory. */
function findLoaded(name: string, objects: readonly LoadedObject[]): LoadedObject | undefined {
  return objects.find((one) => one.names.has(name) || one.path === name || one.elf.soname === name);
}

interface Made {
  readonly resolution: Resolution;
  readonly object?: LoadedObject;
}

/** A process of `program` before anything was loaded into it: `program` is a path without links. */
export function createProcess(
  machine: LoaderMachine,
  program: { path: string; identity: string; elf: Elf },
): LoaderProcess {
  const main: LoadedObject = { ...program, origin: folderOf(program.path), loader: undefined, names: new Set() };
  const objects: LoadedObject[] = [main];

  function add({ path, opened }: Found, name: string, by: LoadedObject): LoadedObject {
    const same = objects.find(({ identity }) => identity === opened.identity);
    const names = same?.names ?? new Set<string>();
    names.add(name);
    if (same) return same;
    const made = { path, identity: opened.identity, elf: opened.elf, origin: folderOf(path), loader: by, names };
    objects.push(made);
    return made;
  }

  async function resolve(name: string, how: Resolution['how'], by: LoadedObject): Promise<Made> {
    const told = { name, how, wantedBy: by.path };
    const loaded = findLoaded(name, objects);
    if (loaded) {
      const steps: Step[] = [{ rule: 'loaded', place: loaded.path, outcome: 'found' }];
      return { resolution: { ...told, path: loaded.path, steps }, object: loaded };
    }
    const search: Search = { machine, main, steps: [] };
    const found = await findObject(name, by, search);
    if (!found || found === 'damaged' || objects.length >= MOST_OBJECTS) {
      return { resolution: { ...told, path: undefined, steps: search.steps } };
    }
    const object = add(found, name, by);
    return { resolution: { ...told, path: object.path, steps: search.steps }, object };
  }

  /** Breadth first, as `_dl_map_object_deps` goes. */
  async function loadNeeded(first: readonly LoadedObject[]): Promise<Resolution[]> {
    const resolutions: Resolution[] = [];
    const queue = [...first];
    const seen = new Set(queue);
    for (let object = queue.shift(); object; object = queue.shift()) {
      for (const needed of object.elf.needed) {
        const made = await resolve(needed, 'needed', object);
        resolutions.push(made.resolution);
        if (made.object && !seen.has(made.object)) {
          seen.add(made.object);
          queue.push(made.object);
        }
      }
    }
    return resolutions;
  }

  let isStarted = false;
  /** The program with what is preloaded and what it needs. */
  async function start(): Promise<Resolution[]> {
    if (isStarted) return [];
    isStarted = true;
    const names = (machine.preload ?? '').split(/[ :]/).filter((name) => name !== '');
    const preloaded: LoadedObject[] = [];
    const resolutions: Resolution[] = [];
    for (const name of names) {
      const made = await resolve(name, 'preload', main);
      resolutions.push(made.resolution);
      if (made.object) preloaded.push(made.object);
    }
    return [...resolutions, ...(await loadNeeded([main, ...preloaded]))];
  }

  return {
    objects,
    async load(name, by = main) {
      const before = await start();
      if (name === main.path) return before;
      const known = objects.length;
      const made = await resolve(name, 'dlopen', by);
      const isNew = objects.length > known;
      const below = made.object && isNew ? await loadNeeded([made.object]) : [];
      // Where one is missing, dlopen fails and takes away what it had loaded.
      if (below.some(({ path }) => path === undefined)) objects.splice(known);
      return [...before, made.resolution, ...below];
    },
  };
}
