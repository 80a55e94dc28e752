import { siteLibraryKind } from '#knowledge';
import { type Artifacts, ownerOf } from '#schema';

// Of an environment on disk: whose a file is, and what it gets.

type Environment = Artifacts['environment'];
export type NativeObject = Environment['objects'][number];

/** `numpy 2.2.6`. */
export function bringerOf(environment: Environment, object: NativeObject): string {
  const { name, version } = ownerOf(environment, object);
  return version === undefined ? name : `${name} ${version}`;
}

/** Libraries that a machine brings and no environment has to: of an MPI, of a driver. */
export const isOfMpi = (name: string): boolean => siteLibraryKind(name) === 'MPI';
export const isOfDriver = (name: string): boolean => siteLibraryKind(name) === 'GPU driver';

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
