import type { Artifacts } from '#schema';

// Of an environment on disk: whose a file is, and what it gets.

type Environment = Artifacts['environment'];
export type NativeObject = Environment['objects'][number];

/** `numpy 2.2.6`; of a file that no distribution has, the folder of packages it lies in. */
export function bringerOf({ distributions }: Environment, { distribution, path }: NativeObject): string {
  const known = distribution === undefined ? undefined : distributions[distribution];
  if (known) return `${known.name} ${known.version}`;
  return /\/(?:site|dist)-packages\/([^/]+)/.exec(path)?.[1] ?? path;
}

/** Objects together with those who brought them, in the order in which they were read. */
export function byBringer(
  environment: Environment,
  objects: readonly NativeObject[],
): ReadonlyMap<string, readonly NativeObject[]> {
  const groups = new Map<string, NativeObject[]>();
  for (const object of objects) {
    const bringer = bringerOf(environment, object);
    groups.set(bringer, [...(groups.get(bringer) ?? []), object]);
  }
  return groups;
}

/** Those that the interpreter of this machine could load; others are a matter of `foreign-wheel`. */
export const ofThisMachine = (
  { objects }: Environment,
  { machine, bits }: Pick<Artifacts['linkage'], 'machine' | 'bits'>,
) => objects.filter((object) => object.machine === machine && object.bits === bits);

/** Names and SONAMEs that files of the environment answer to. */
export const namesInside = ({ objects }: Environment): ReadonlySet<string> =>
  new Set(objects.flatMap(({ path, soname }) => [path.slice(path.lastIndexOf('/') + 1), ...(soname ? [soname] : [])]));

/** `2.17` before `2.28`, `3.4.9` before `3.4.21`. */
export const compareNumbers = (a: string, b: string): number => a.localeCompare(b, 'en', { numeric: true });
