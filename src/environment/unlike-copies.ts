import type { Host } from '#host';
import { type Environment, mayMeet, type NativeObject } from '#schema';
import { readNames } from './read-names.ts';

// A process has one library of a SONAME, whoever brought it: the loader asks no further. Where another package needs
// symbols that only its own copy has, the order of imports decides whether it can be loaded.

type Unlike = NonNullable<Environment['unlike']>;

const MOST_NAMED = 5;
/** More copies or users than any library has. */
const MOST_FILES = 200;

const isFile = ({ kind, aliasOf, soname }: NativeObject): boolean =>
  kind !== 'extension' && aliasOf === undefined && soname !== undefined;

/** Files of one SONAME and of one kind of machine, of which some differ. */
function listGroups(objects: readonly NativeObject[]): NativeObject[][] {
  const groups = new Map<string, NativeObject[]>();
  for (const object of objects.filter(isFile)) {
    const key = `${object.soname} ${object.machine} ${object.bits}`;
    groups.set(key, [...(groups.get(key) ?? []), object]);
  }
  const contents = (group: readonly NativeObject[]) =>
    new Set(group.map(({ buildId, bytes }) => `${buildId ?? ''} ${bytes}`)).size;
  return [...groups.values()].filter((group) => contents(group) > 1 && group.length <= MOST_FILES);
}

type Inventory = Pick<Environment, 'form' | 'distributions' | 'objects'>;

/** Libraries of one SONAME of which a copy lacks symbols that users of another one need. */
export async function listUnlikeCopies(host: Host, environment: Inventory): Promise<Unlike> {
  const { objects } = environment;
  const unlike: Unlike = [];
  for (const group of listGroups(objects)) {
    const [{ soname = '', machine, bits } = {}] = group;
    const users = objects.filter(
      (object) => object.machine === machine && object.bits === bits && object.needed.includes(soname),
    );
    const copies = await comparedCopies(host, { environment, group, users: users.slice(0, MOST_FILES) });
    if (copies.some(({ lacks }) => lacks.length > 0)) unlike.push({ soname, copies });
  }
  return unlike;
}

interface Compared {
  readonly environment: Inventory;
  readonly group: readonly NativeObject[];
  readonly users: readonly NativeObject[];
}

async function comparedCopies(host: Host, { environment, group, users }: Compared): Promise<Unlike[number]['copies']> {
  const defined = await readAll(host, group, 'defined');
  const all = new Set([...defined.values()].flatMap((names) => [...names]));
  const wanted = [...(await readAll(host, users, 'undefined'))].map(
    ([user, names]) => [user, [...names].filter((name) => all.has(name))] as const,
  );
  return [...defined].map(([copy, names]) => {
    const meets = ([other]: readonly [NativeObject, unknown]) => mayMeet(environment, copy, other);
    const others = [...defined].filter(meets);
    const lacks = new Map<string, string>();
    for (const [{ path }, symbols] of wanted.filter(meets))
      for (const symbol of symbols)
        if (!names.has(symbol) && others.some(([, theirs]) => theirs.has(symbol)) && !lacks.has(symbol))
          lacks.set(symbol, path);
    return {
      path: copy.path,
      lacks: [...lacks].slice(0, MOST_NAMED).map(([symbol, user]) => ({ symbol, user })),
      lacking: lacks.size,
    };
  });
}

/** Symbols of each file; of one that cannot be read nothing is known. */
async function readAll(
  host: Host,
  objects: readonly NativeObject[],
  which: 'defined' | 'undefined',
): Promise<ReadonlyMap<NativeObject, ReadonlySet<string>>> {
  const read = new Map<NativeObject, ReadonlySet<string>>();
  for (const object of objects) {
    const names = await readNames(host, object.path, which === 'defined' ? 'all' : which);
    if (names) read.set(object, names[which]);
  }
  return read;
}
