import { join } from '#base';
import type { Elf } from '#formats/elf';
import { findByCache } from './find-by-cache.ts';
import type { LoaderMachine, Opened, Step } from './machine.ts';
import { expandTokens, listFolders } from './search-path.ts';

/** A program or library in memory. */
export interface LoadedObject {
  /** As it was opened. */
  readonly path: string;
  readonly identity: string;
  readonly elf: Elf;
  /** Its folder, for `$ORIGIN`. */
  readonly origin: string;
  /** The object that asked for it first. */
  readonly loader: LoadedObject | undefined;
  /** The names under which it is known: once there, it stands for all of them. */
  readonly names: Set<string>;
}

export interface Found {
  readonly path: string;
  readonly opened: Extract<Opened, { kind: 'object' }>;
}

export interface Search {
  readonly machine: LoaderMachine;
  readonly main: LoadedObject;
  readonly steps: Step[];
}

/** Whether a process of this program could load the file: the loader passes over others. */
const isOfSameMachine = (one: Elf, other: Elf) =>
  one.machine === other.machine && one.bits === other.bits && one.order === other.order;

async function tryPath(path: string, place: string, rule: Omit<Step, 'place' | 'outcome'>, search: Search) {
  const opened = await search.machine.open(path);
  if (opened.kind !== 'object') {
    if (opened.kind === 'damaged') search.steps.push({ ...rule, place: path, outcome: 'damaged' });
    return opened.kind;
  }
  if (!isOfSameMachine(opened.elf, search.main.elf)) {
    search.steps.push({ ...rule, place: path, outcome: 'other-machine' });
    return 'absent';
  }
  search.steps.push({ ...rule, place, outcome: 'found' });
  return { path, opened };
}

/** `undefined`: not there. `damaged`: the loader gives up. */
export type Outcome = Found | 'damaged' | undefined;

async function searchFolders(
  name: string,
  folders: readonly string[],
  rule: Omit<Step, 'place' | 'outcome'>,
  search: Search,
): Promise<Outcome> {
  for (const folder of folders) {
    for (const below of [...search.machine.subfolders, '']) {
      const place = below === '' ? folder : join(folder, below);
      const found = await tryPath(join(place, name), place, rule, search);
      if (found !== 'absent') return found;
    }
    search.steps.push({ ...rule, place: folder, outcome: 'absent' });
  }
  return undefined;
}

/** An object with DT_RUNPATH has no DT_RPATH: elf_get_dynamic_info in glibc's elf/get-dynamic-info.h. */
const rpathOf = ({ elf }: LoadedObject) => (elf.runpath === undefined ? elf.rpath : undefined);

/** DT_RPATH of who asks, of who loaded that, and so on up, then the program's: not where who asks has DT_RUNPATH. */
async function searchRpaths(name: string, by: LoadedObject, search: Search): Promise<Outcome> {
  if (by.elf.runpath !== undefined) return undefined;
  const chain: LoadedObject[] = [];
  for (let at: LoadedObject | undefined = by; at; at = at.loader) chain.push(at);
  if (!chain.includes(search.main)) chain.push(search.main);
  for (const object of chain) {
    const rpath = rpathOf(object);
    if (rpath === undefined) continue;
    const folders = listFolders(rpath, ':', object.origin, search.machine);
    const found = await searchFolders(name, folders, { rule: 'rpath', of: object.path }, search);
    if (found) return found;
  }
  return undefined;
}

async function searchCache(name: string, by: LoadedObject, search: Search): Promise<Outcome> {
  const { machine, main, steps } = search;
  const entry = findByCache(name, main.elf, machine);
  const isBarred =
    by.elf.flags.includes('NODEFLIB') && machine.defaultFolders.some((one) => entry?.path.startsWith(`${one}/`));
  if (!entry || isBarred) {
    steps.push({ rule: 'cache', place: name, outcome: 'absent' });
    return undefined;
  }
  const found = await tryPath(entry.path, entry.path, { rule: 'cache' }, search);
  return found === 'absent' ? undefined : found;
}

/** A name with a slash is a path; nothing is searched. */
async function openPath(name: string, by: LoadedObject, search: Search): Promise<Outcome> {
  const { machine, steps } = search;
  const path = expandTokens(name, by.origin, machine);
  const whole = path === undefined || path.startsWith('/') ? path : join(machine.folder, path);
  const found = whole === undefined ? 'absent' : await tryPath(whole, whole, { rule: 'path' }, search);
  if (found !== 'absent') return found;
  steps.push({ rule: 'path', place: whole ?? name, outcome: 'absent' });
  return undefined;
}

/** `_dl_map_object` of glibc's elf/dl-load.c, from where nothing that is loaded has the name. */
export async function findObject(name: string, by: LoadedObject, search: Search): Promise<Outcome> {
  if (name.includes('/')) return openPath(name, by, search);
  const { machine, main } = search;
  const ofVariable = machine.libraryPath ? listFolders(machine.libraryPath, ':;', main.origin, machine) : [];
  const ofRunpath = by.elf.runpath === undefined ? [] : listFolders(by.elf.runpath, ':', by.origin, machine);
  const ofSystem = by.elf.flags.includes('NODEFLIB') ? [] : machine.defaultFolders;
  const ways: readonly (() => Promise<Outcome>)[] = [
    () => searchRpaths(name, by, search),
    () => searchFolders(name, ofVariable, { rule: 'library-path' }, search),
    () => searchFolders(name, ofRunpath, { rule: 'runpath', of: by.path }, search),
    () => searchCache(name, by, search),
    () => searchFolders(name, ofSystem, { rule: 'default' }, search),
  ];
  for (const way of ways) {
    const outcome = await way();
    if (outcome) return outcome;
  }
  return undefined;
}
