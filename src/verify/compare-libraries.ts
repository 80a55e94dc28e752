import { formatCountOf } from '#base';
import type { Check } from '#schema';
import { check } from './check.ts';
import { libraryKind } from './library-kinds.ts';
import type { Side, Sides } from './sides.ts';

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** By SONAME, or the file's name: which files provide it, in the original's names. */
async function providersOf({ run, originals }: Side): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  for (const path of run.libraries) {
    const place = await originals.of(path);
    const name = run.sonames.get(path) ?? nameOf(place);
    found.set(name, (found.get(name) ?? new Set()).add(place));
  }
  return found;
}

const list = (providers: ReadonlySet<string> | undefined) => [...(providers ?? [])].sort().join(' and ');

/** `MPI libmpi.so.40, BLAS libopenblas.so.0`. */
function named(providers: ReadonlyMap<string, ReadonlySet<string>>): string {
  const kinds = [...providers].flatMap(([name, places]) => {
    const kind = [name, ...places].map(libraryKind).find((each) => each !== undefined);
    return kind === undefined ? [] : [`${kind} ${name}`];
  });
  return kinds.sort().join(', ');
}

/** Every shared library and extension module, of all processes: the same file, or its staged copy. */
export async function compareLibraries({ plain, staged }: Sides): Promise<Check> {
  const before = await providersOf(plain);
  const after = await providersOf(staged);
  const lines: string[] = [];
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    const [old, now] = [list(before.get(name)), list(after.get(name))];
    const kind = libraryKind(name);
    const called = kind === undefined ? name : `${kind}: ${name}`;
    if (old === now) continue;
    if (now === '') lines.push(`${called} is not loaded from the image, else ${old}`);
    else if (old === '') lines.push(`${called} is loaded from the image only: ${now}`);
    else lines.push(`${called} is ${now} from the image, else ${old}`);
  }
  const kinds = named(after);
  const says = formatCountOf(after.size, 'library', 'libraries');
  return check('libraries', kinds === '' ? says : `${says}; ${kinds}`, lines);
}
