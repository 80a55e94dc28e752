import { laterVersion } from '#base';
import { libraryName } from '#environment';
import { type Environment, type EnvironmentReport, type Linkage, type NativeObject, ownerOf } from '#schema';

/** One row for each distribution with native code, the largest first. */
export function listNative({ distributions, objects }: Environment): EnvironmentReport['native'] {
  const rows = distributions.map(({ name, version, platforms, installer }, index) => {
    const own = objects.filter((object) => object.distribution === index);
    const extensions = own.filter(({ kind }) => kind === 'extension').length;
    const glibc = own.reduce<string | undefined>((most, object) => laterVersion(most, object.glibc), undefined);
    return {
      ...{ name, version, extensions, libraries: own.length - extensions, platforms },
      bytes: own.reduce((all, { bytes }) => all + bytes, 0),
      ...(glibc === undefined ? {} : { glibc }),
      ...(installer === undefined ? {} : { installer }),
    };
  });
  return rows.filter(({ extensions, libraries }) => extensions + libraries > 0).sort((a, b) => b.bytes - a.bytes);
}

/** Libraries with several files, of which links are none. */
export function listCopies(environment: Environment): EnvironmentReport['copies'] {
  const byName = new Map<string, NativeObject[]>();
  for (const object of environment.objects) {
    if (object.kind === 'extension' || object.aliasOf !== undefined) continue;
    const name = libraryName(object.path);
    byName.set(name, [...(byName.get(name) ?? []), object]);
  }
  return [...byName]
    .filter(([, copies]) => copies.length > 1)
    .map(([name, copies]) => ({
      name,
      paths: copies.map(({ path }) => path),
      owners: [...new Set(copies.map((copy) => ownerOf(environment, copy).name))],
    }))
    .filter(({ owners }) => owners.length > 1)
    .sort((a, b) => b.paths.length - a.paths.length || (a.name < b.name ? -1 : 1));
}

/** What extension modules and libraries need that is in no file of the environment. */
export function listOutside(environment: Environment, linkage: Linkage | undefined): EnvironmentReport['outside'] {
  const here = new Set(
    environment.objects.flatMap(({ path, soname }) => [path.slice(path.lastIndexOf('/') + 1), soname]),
  );
  const links = new Map((linkage?.objects ?? []).flatMap(({ links: own }) => own.map((link) => [link.name, link])));
  const needed = new Map<string, Set<string>>();
  for (const object of environment.objects) {
    for (const name of object.needed) {
      if (here.has(name)) continue;
      needed.set(name, (needed.get(name) ?? new Set()).add(ownerOf(environment, object).name));
    }
  }
  return [...needed]
    .map(([name, owners]): EnvironmentReport['outside'][number] => {
      const link = links.get(name);
      const path = link?.path === undefined ? {} : { path: link.path };
      return { name, neededBy: [...owners], isKnown: link !== undefined, ...path };
    })
    .sort(compareOutside);
}

const isMissing = ({ isKnown, path }: EnvironmentReport['outside'][number]) => isKnown && path === undefined;

/** What is missing first, then what most need. */
function compareOutside(a: EnvironmentReport['outside'][number], b: EnvironmentReport['outside'][number]): number {
  const byNeed = Number(isMissing(b)) - Number(isMissing(a)) || b.neededBy.length - a.neededBy.length;
  return byNeed || (a.name < b.name ? -1 : 1);
}
