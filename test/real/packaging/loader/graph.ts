import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { randomNumbers } from '../../../../src/base/index.ts';
import { ask } from '../../run.ts';

// Random graphs of real libraries: who needs whom, where the copies are, where each looks, what is set when it starts.

export interface Graph {
  readonly program: string;
  readonly opens: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly folder: string;
}

interface Dice {
  /** A whole number below this. */
  below(most: number): number;
  chance(share: number): boolean;
  pick<Item>(items: readonly Item[]): Item;
  some<Item>(items: readonly Item[], most: number): Item[];
}

function dice(seed: number): Dice {
  const random = randomNumbers(seed);
  const below = (most: number) => Math.floor(random() * most);
  const pick = <Item>(items: readonly Item[]) => items[below(items.length)] as Item;
  return {
    below,
    pick,
    chance: (share) => random() < share,
    some: (items, most) => Array.from({ length: below(most + 1) }, () => pick(items)),
  };
}

const NAMES = ['liba.so.1', 'libb.so.2', 'libc3.so', 'libd.so.4', 'libe.so.5'];
const FOLDERS = ['one', 'two', 'three', 'four'];
const HWCAPS = ['glibc-hwcaps/x86-64-v2', 'glibc-hwcaps/x86-64-v3', 'glibc-hwcaps/x86-64-v9', 'tls'];

/** As linkers are told to look for libraries. */
function searchOf({ chance, some, pick }: Dice, root: string): string[] {
  if (chance(0.35)) return [];
  const entries = some(FOLDERS, 3).map((name) =>
    pick([
      `$ORIGIN/../${name}`,
      `\${ORIGIN}/../${name}`,
      join(root, name),
      join(root, `link-${name}`),
      '$ORIGIN',
      '/gone',
    ]),
  );
  if (entries.length === 0) return [];
  return [pick(['--enable-new-dtags', '--disable-new-dtags']), '-rpath', entries.join(':')];
}

/** An object without code for each name, of which a linker takes what is to be needed. */
export interface Kit {
  readonly object: string;
  readonly probe: string;
  stub(name: string): string;
}

export function makeKit(folder: string): Kit {
  mkdirSync(folder, { recursive: true });
  const [empty, object, probe] = ['empty.c', 'empty.o', 'probe.o'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(empty, '');
  ask(['gcc', '-c', '-fPIC', '-o', object, empty]);
  ask(['gcc', '-c', '-fPIC', '-o', probe, join(import.meta.dirname, 'probe.c')]);
  const stubs = new Map<string, string>();
  return {
    object,
    probe,
    stub(name) {
      const made = stubs.get(name) ?? join(folder, `stub-${name}`);
      if (!stubs.has(name)) ask(['ld', '-shared', '-soname', name, '-o', made, object]);
      stubs.set(name, made);
      return made;
    },
  };
}

const needing = (names: readonly string[], kit: Kit) =>
  ['--no-as-needed', ...new Set(names)].map((one, at) => (at === 0 ? one : kit.stub(one)));

/** The machine of the header made another: the loader passes such a file over. */
function disguise(path: string): void {
  const bytes = readFileSync(path);
  bytes.writeUInt16LE(183, 18);
  writeFileSync(path, bytes);
}

function makeLibrary(path: string, name: string, roll: Dice, kit: Kit, root: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const soname = roll.chance(0.75) ? name : roll.pick([undefined, ...NAMES]);
  const needed = roll.some(NAMES, 3);
  ask([
    ...['ld', '-shared', '-o', path, kit.object],
    ...(soname === undefined ? [] : ['-soname', soname]),
    ...searchOf(roll, root),
    ...(roll.chance(0.08) ? ['-z', 'nodefaultlib'] : []),
    ...needing(needed, kit),
  ]);
  if (roll.chance(0.06)) disguise(path);
}

/** Copies of the names in several folders, some below a folder for better processors, some as links. */
function makeFolders(root: string, roll: Dice, kit: Kit): string[] {
  const made: string[] = [];
  for (const folder of FOLDERS) {
    mkdirSync(join(root, folder), { recursive: true });
    ask(['ln', '-s', folder, join(root, `link-${folder}`)]);
    for (const name of NAMES) {
      if (!roll.chance(0.45)) continue;
      const path = join(root, folder, ...(roll.chance(0.15) ? [roll.pick(HWCAPS)] : []), name);
      if (made.length > 0 && roll.chance(0.12)) {
        mkdirSync(dirname(path), { recursive: true });
        ask(['ln', '-s', roll.pick(made), path]);
      } else makeLibrary(path, name, roll, kit, root);
      made.push(path);
    }
  }
  return made;
}

/** The same seed gives the same graph. */
export function makeGraph(root: string, seed: number, kit: Kit): Graph {
  const roll = dice(seed);
  const made = makeFolders(root, roll, kit);
  const program = join(root, roll.pick(FOLDERS), 'program');
  const linker = searchOf(roll, root).flatMap((one) => ['-Xlinker', one]);
  ask([
    'gcc',
    '-o',
    program,
    kit.probe,
    ...linker,
    '-Wl,--allow-shlib-undefined',
    ...needing(roll.chance(0.5) ? roll.some(NAMES, 2) : [], kit).map((one) =>
      one.startsWith('--') ? `-Wl,${one}` : one,
    ),
  ]);
  const paths = roll.some([...FOLDERS.map((one) => join(root, one)), ...FOLDERS, '', '$ORIGIN/../two', '/gone'], 3);
  const preload = made.length > 0 && roll.chance(0.2) ? roll.pick([roll.pick(made), roll.pick(NAMES)]) : undefined;
  return {
    program,
    folder: root,
    opens: made.length === 0 ? [] : roll.some([...made, ...NAMES], 4),
    env: {
      ...(paths.length === 0 ? {} : { LD_LIBRARY_PATH: paths.join(roll.pick([':', ';'])) }),
      ...(preload === undefined ? {} : { LD_PRELOAD: preload }),
    },
  };
}
