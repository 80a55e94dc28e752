import type { Host } from '#host';
import type { Environment, NativeObject } from '#schema';
import { readNames } from './read-names.ts';

// A process has one library of a SONAME, whoever brought it: the loader asks no further. Where another package needs
// symbols that only its own copy has, the order of imports decides whether it can be loaded.

type Unlike = NonNullable<Environment['unlike']>;

const MOST_NAMED = 5;
/** More copies or users than any library has. */
const MOST_FILES = 200;

const isFile = ({ kind, realPath, soname }: NativeObject): boolean =>
  kind !== 'extension' && realPath === undefined && soname !== undefined;

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

/** Libraries of one SONAME of which a copy lacks symbols that users of another one need. */
export async function listUnlikeCopies(host: Host, objects: readonly NativeObject[]): Promise<Unlike> {
  const unlike: Unlike = [];
  for (const group of listGroups(objects)) {
    const [{ soname = '', machine, bits } = {}] = group;
    const users = objects.filter(
      (object) => object.machine === machine && object.bits === bits && object.needed.includes(soname),
    );
    const copies = await comparedCopies(host, group, users.slice(0, MOST_FILES));
    if (copies.some(({ lacks }) => lacks.length > 0)) unlike.push({ soname, copies });
  }
  return unlike;
}

async function comparedCopies(
  host: Host,
  group: readonly NativeObject[],
  users: readonly NativeObject[],
): Promise<Unlike[number]['copies']> {
  const defined = new Map<string, ReadonlySet<string>>();
  for (const { path } of group) {
    const names = await readNames(host, path, 'all');
    // Of a copy that cannot be read nothing is known.
    if (names) defined.set(path, names.defined);
  }
  const all = new Set([...defined.values()].flatMap((names) => [...names]));
  const wanted = new Map<string, string>();
  for (const { path } of users) {
    const names = await readNames(host, path, 'undefined');
    for (const name of names?.undefined ?? []) if (all.has(name) && !wanted.has(name)) wanted.set(name, path);
  }
  return [...defined].map(([path, names]) => {
    const lacks = [...wanted].filter(([name]) => !names.has(name));
    return {
      path,
      lacks: lacks.slice(0, MOST_NAMED).map(([symbol, user]) => ({ symbol, user })),
      lacking: lacks.length,
    };
  });
}
