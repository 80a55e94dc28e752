import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure, type Result, success } from '#base';
import { type Elf, readElf, readSymbols } from '#formats/elf';
import type { MpiProcess, OpenedLibrary } from '../../../src/environment/mpi-choice.ts';
import { ask } from '../run.ts';

interface Loaded {
  readonly path: string;
  readonly elf: Elf;
  readonly needed: readonly Loaded[];
}

/** What `ldconfig -p` lists for programs of 64 bits, the first path of each name. */
function readCache(): ReadonlyMap<string, string> {
  const lines = ask(['/sbin/ldconfig', '-p']).split('\n');
  const found = lines.flatMap((line) => [...line.matchAll(/^\t(\S+) \(libc6,x86-64[^)]*\) => (.+)$/g)]);
  return new Map(found.map(([, name = '', path = '']) => [name, path] as const).reverse());
}

/** A process whose loader looks into files alone: nothing is run, no library is loaded. */
export function fileProcess({ LD_LIBRARY_PATH }: Readonly<Record<string, string | undefined>>): MpiProcess {
  const cache = readCache();
  const listed = (LD_LIBRARY_PATH ?? '').split(':').filter((folder) => folder !== '');
  const loaded = new Map<string, Loaded>();

  function locate(name: string, by?: Loaded): string | undefined {
    if (name.includes('/')) return name;
    const folders = (text = '') =>
      text.split(':').map((one) => one.replace(/\$\{?ORIGIN\}?/, dirname(by?.path ?? '/')));
    const before = by?.elf.runpath ? [] : folders(by?.elf.rpath);
    const places = [...before, ...listed, ...folders(by?.elf.runpath)].filter((folder) => folder.startsWith('/'));
    return places.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? cache.get(name);
  }

  /** What is in the process by its name already is taken; a file that is no library ends the search, as in glibc. */
  function gather(name: string, by?: Loaded): Loaded | string {
    const inside = loaded.get(name);
    if (inside) return inside;
    const found = locate(name, by);
    if (found === undefined || !existsSync(found)) return `${name} is not found`;
    const path = realpathSync(found);
    const elf = readElf(readFileSync(path));
    if (!elf.ok) return `${name} is no library: ${elf.failure.message}`;
    const needed: Loaded[] = [];
    const one = { path, elf: elf.value, needed };
    loaded.set(elf.value.soname ?? name, one);
    for (const next of elf.value.needed) {
      const below = gather(next, { ...one, path: found });
      if (typeof below === 'string') {
        loaded.delete(elf.value.soname ?? name);
        return below;
      }
      needed.push(below);
    }
    return one;
  }

  return {
    own: { definer: async () => undefined },
    isFolder: async (path) => existsSync(path) && statSync(path).isDirectory(),
    async open(name): Promise<Result<OpenedLibrary>> {
      const one = gather(name);
      if (typeof one === 'string') return failure({ code: 'test/missing', message: one });
      return success({ path: one.path, definer: (symbol) => findDefiner(one, symbol) });
    },
  };
}

/** Breadth first, as dlsym looks. */
async function findDefiner(first: Loaded, symbol: string): Promise<string | undefined> {
  const queue = [first];
  const seen = new Set(queue);
  for (const { path, needed } of queue) {
    if ((await definedBy(path)).has(symbol)) return path;
    for (const below of needed) {
      if (!seen.has(below)) queue.push(below);
      seen.add(below);
    }
  }
  return undefined;
}

const known = new Map<string, Promise<ReadonlySet<string>>>();

function definedBy(path: string): Promise<ReadonlySet<string>> {
  const read = async () => {
    const bytes = readFileSync(path);
    const part = async (at: number, length: number) => success(bytes.subarray(at, at + length));
    const symbols = await readSymbols(part, 'all', 1 << 26);
    return symbols.ok ? symbols.value.defined : new Set<string>();
  };
  const found = known.get(path) ?? read();
  known.set(path, found);
  return found;
}
