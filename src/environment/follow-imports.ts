import { nameOf } from '#base';
import { createProcess, type LoaderProcess, type Resolution } from '#loader';
import type { ImportEvent, ImportTrial } from '#schema';
import type { Linker } from './read-linkage.ts';

// What the loader's rules say of each library that Python opens, held against what came into memory when it did.

type Load = { readonly name: string; readonly isByPython: boolean };

/** A file in memory. */
interface Mapped {
  readonly path: string;
  readonly identity: string;
  readonly soname: string;
  readonly needed: readonly string[];
}

/** Those that others of them need come after them: who was opened by name brought the rest. */
const rootsFirst = (files: readonly Mapped[]): Mapped[] => {
  const needed = new Set(files.flatMap((file) => file.needed));
  return [...files.filter(({ soname }) => !needed.has(soname)), ...files.filter(({ soname }) => needed.has(soname))];
};

class Follower {
  readonly #linker: Linker;
  #process: LoaderProcess;
  /** What was opened with success, so that the process can be had again without what was not. */
  readonly #loads: Load[] = [];
  readonly #mapped = new Map<string, Mapped>();
  #pending: { readonly load: Load; readonly resolutions: readonly Resolution[] } | undefined;
  #during: string | undefined;
  #files: readonly string[] = [];
  agreed = 0;
  readonly differing: ImportTrial['differing'] = [];
  readonly opened: ImportTrial['opened'] = [];

  constructor(linker: Linker) {
    this.#linker = linker;
    this.#process = createProcess(linker.machine, linker.program);
  }

  begin(name: string): void {
    this.#during = name;
  }

  files(paths: readonly string[]): void {
    this.#files = [...this.#files, ...paths];
  }

  async load(load: Load): Promise<void> {
    await this.settle();
    this.#pending = { load, resolutions: await this.#open(load) };
  }

  /** Compares what was opened last with what came into memory since. */
  async settle(): Promise<void> {
    const pending = this.#pending;
    const added = await this.#map(this.#files);
    this.#pending = undefined;
    this.#files = [];
    if (pending) await this.#compare(pending.load, pending.resolutions);
    for (const { path, identity } of rootsFirst(added)) {
      if (this.#isKnown(identity)) continue;
      await this.#open({ name: path, isByPython: true });
      this.#loads.push({ name: path, isByPython: true });
      const isOther = this.differing.some(({ real }) => real === path);
      if (this.#during !== undefined && !isOther) this.opened.push({ path, during: this.#during });
    }
  }

  #isKnown = (identity: string): boolean => this.#process.objects.some((object) => object.identity === identity);

  async #open({ name, isByPython }: Load): Promise<readonly Resolution[]> {
    const { objects } = this.#process;
    const caller = isByPython ? /\/libpython[\d.t]*\.so/ : /\/_ctypes\./;
    return this.#process.load(
      name,
      objects.find(({ path }) => caller.test(path)),
    );
  }

  async #map(paths: readonly string[]): Promise<Mapped[]> {
    const added: Mapped[] = [];
    for (const path of paths) {
      const opened = await this.#linker.machine.open(path);
      if (opened.kind !== 'object') continue;
      const { identity, elf } = opened;
      const file = { path, identity, soname: elf.soname ?? nameOf(path), needed: elf.needed };
      this.#mapped.set(identity, file);
      added.push(file);
    }
    return added;
  }

  async #compare(load: Load, resolutions: readonly Resolution[]): Promise<void> {
    const own = resolutions.find(({ how }) => how === 'dlopen');
    const isMissing = resolutions.some(({ how, path }) => how !== 'preload' && path === undefined);
    if (!(await this.#isMapped(own?.path))) {
      // It could not be opened. Why else than for what is missing, the error of the import tells.
      if (!isMissing) await this.#again();
      return;
    }
    this.#loads.push(load);
    for (const resolution of resolutions) if (resolution.how !== 'preload') await this.#hold(resolution);
  }

  /** One need against what is there. */
  async #hold({ name, path, wantedBy, steps }: Resolution): Promise<void> {
    if (await this.#isMapped(path)) {
      if (steps.at(-1)?.rule !== 'loaded') this.agreed += 1;
      return;
    }
    const real = [...this.#mapped.values()].find(({ soname, path: at }) => soname === name || nameOf(at) === name);
    this.differing.push({
      ...{ name, wantedBy },
      ...(path === undefined ? {} : { predicted: path }),
      ...(real ? { real: real.path } : {}),
    });
  }

  async #isMapped(path: string | undefined): Promise<boolean> {
    const opened = path === undefined ? undefined : await this.#linker.machine.open(path);
    return opened?.kind === 'object' && this.#mapped.has(opened.identity);
  }

  /** The process without what was opened last. */
  async #again(): Promise<void> {
    this.#process = createProcess(this.#linker.machine, this.#linker.program);
    for (const load of this.#loads) await this.#open(load);
  }
}

const tellPool = (pool: Extract<ImportEvent, { pools: unknown }>['pools'][number]) => ({
  ...{ api: pool.user_api ?? 'unknown', library: pool.internal_api ?? 'unknown', path: pool.filepath ?? '' },
  ...(pool.version ? { version: pool.version } : {}),
  ...(pool.num_threads ? { threads: pool.num_threads } : {}),
});

type Module = ImportTrial['modules'][number];

/** What became of each module: those after a death of the process were not reached. */
function listModules(names: readonly string[], events: readonly ImportEvent[]): Module[] {
  const modules = names.map((name): Module => ({ name }));
  let at = -1;
  for (const event of events) {
    const module = modules[at];
    if ('import' in event) at += 1;
    else if ('done' in event && module) module.seconds = event.done;
    else if ('failed' in event && module) module.failed = { type: event.failed, text: event.text };
  }
  return modules;
}

/** What a process that imported modules had in memory, against what this machine's loader was said to do. */
export async function followImports(
  names: readonly string[],
  events: readonly ImportEvent[],
  linker: Linker,
): Promise<ImportTrial> {
  const follower = new Follower(linker);
  for (const event of events) {
    if ('files' in event) follower.files(event.files);
    else if ('load' in event) await follower.load({ name: event.load, isByPython: true });
    else if ('open' in event) await follower.load({ name: event.open, isByPython: false });
    else {
      await follower.settle();
      if ('import' in event) follower.begin(event.import);
    }
  }
  await follower.settle();
  const { agreed, differing, opened } = follower;
  const pools = events.flatMap((event) => ('pools' in event ? [event.pools.map(tellPool)] : [])).at(-1);
  return { modules: listModules(names, events), agreed, differing, opened, ...(pools ? { pools } : {}) };
}
