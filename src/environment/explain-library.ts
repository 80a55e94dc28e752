import { absolutePath, failure, nameOf, type Result, success } from '#base';
import { createProcess, type LoaderMachine, type Resolution } from '#loader';
import { type Environment, type NativeObject, ownerOf, type WhyReport } from '#schema';
import { libraryName } from './library-name.ts';
import type { Linker } from './read-linkage.ts';

/** Whether a name that is needed is the one asked for: as written, without the digest of a wheel, or without version. */
const isAsked = (name: string, asked: string): boolean =>
  name === asked || libraryName(name) === asked || libraryName(name).startsWith(`${asked}.so`);

/** An object that a user names by its path or the end of it. */
const isNamed = ({ path }: NativeObject, asked: string) => path === asked || path.endsWith(`/${asked}`);

type Answer = WhyReport['answers'][number];

const stepsOf = ({ steps }: Resolution): Answer['steps'] =>
  steps.map(({ rule, of, place, outcome }) => ({ rule, place, outcome, ...(of === undefined ? {} : { of }) }));

interface Group {
  readonly first: Resolution;
  readonly wantedBy: Set<string>;
}

/** Answers by name and copy, told by the first that found it: for those after it, it was loaded already. */
class Answers {
  readonly #groups: Group[] = [];

  add(resolution: Resolution): void {
    const { name, path, steps, wantedBy } = resolution;
    const rule = steps.at(-1)?.rule;
    const isSame = ({ first }: Group) =>
      first.name === name && first.path === path && (rule === 'loaded' || first.steps.at(-1)?.rule === rule);
    const known = this.#groups.find(isSame);
    if (known) known.wantedBy.add(plainPath(wantedBy));
    else this.#groups.push({ first: resolution, wantedBy: new Set([plainPath(wantedBy)]) });
  }

  list(ownerOfPath: (path: string) => string): Answer[] {
    return this.#groups
      .map(({ first, wantedBy }) => ({
        ...{ name: first.name, steps: stepsOf(first), wantedBy: [...wantedBy] },
        owners: [...new Set([...wantedBy].map(ownerOfPath))],
        ...(first.path === undefined ? {} : { path: first.path }),
      }))
      .sort((a, b) => b.wantedBy.length - a.wantedBy.length || (a.name < b.name ? -1 : 1));
  }
}

/** `$ORIGIN/../x.libs` leaves its `..` in paths. */
const plainPath = (path: string) => absolutePath('/', path);

/** Files that could be taken for one of the names: in the environment, and what the loader's cache has. */
function listCandidates({ objects }: Environment, { cache }: LoaderMachine, names: ReadonlySet<string>): Set<string> {
  const kinds = new Set([...names].map(libraryName));
  const isOfKind = (path: string) => kinds.has(libraryName(path));
  const ours = objects.filter(({ path, kind, aliasOf }) => kind !== 'extension' && !aliasOf && isOfKind(path));
  const cached = cache.filter(({ name }) => names.has(name));
  return new Set([...ours.map(({ path }) => path), ...cached.map(({ path }) => path)]);
}

/**
 * Which copy of a library each object of an environment gets, and why: each extension module alone in a new process.
 * `asked` is a SONAME, a library's name without version, or the path of an object, of which all needs are told then.
 */
export async function explainLibrary(
  environment: Environment,
  linker: Linker,
  asked: string,
): Promise<Result<WhyReport>> {
  const { machine, program, glibc } = linker;
  const isNeeded = environment.objects.some(({ needed }) => needed.some((name) => isAsked(name, asked)));
  // `libmpi.so.12` may be a file of the environment as well: who asks by a library's name asks who gets which copy.
  const isName = isNeeded && !asked.includes('/');
  const named = isName ? [] : environment.objects.filter((object) => isNamed(object, asked));
  const roots = named.length > 0 ? named : environment.objects.filter(({ kind }) => kind === 'extension');
  const answers = new Answers();
  for (const { path, machine: of } of roots) {
    if (of !== program.elf.machine) continue;
    const process = createProcess(machine, program);
    const about = (one: Resolution) => (named.length > 0 ? plainPath(one.wantedBy) === path : isAsked(one.name, asked));
    const resolutions = await process.load(path);
    for (const one of resolutions) if (one.how !== 'dlopen' && about(one)) answers.add(one);
  }
  const owners = new Map(environment.objects.map((object) => [object.path, ownerOf(environment, object).name]));
  const list = answers.list((path) => owners.get(path) ?? nameOf(path));
  if (list.length === 0) return unknownName(environment, asked);
  const losers = named.length > 0 ? [] : await listLosers(environment, machine, list);
  return success({
    ...{ kind: 'pharos-why', version: 1, place: environment.place, name: asked, program: program.path, glibc },
    sites: environment.sites.map(({ path }) => path),
    answers: list,
    losers,
  });
}

async function identityOf(path: string, machine: LoaderMachine): Promise<string | undefined> {
  const opened = await machine.open(path);
  return opened.kind === 'object' ? opened.identity : undefined;
}

/** Copies that nobody gets: one file may be reached by several paths. */
async function listLosers(
  environment: Environment,
  machine: LoaderMachine,
  answers: readonly Answer[],
): Promise<string[]> {
  const chosen = new Set<string | undefined>();
  for (const { path } of answers) if (path !== undefined) chosen.add(await identityOf(path, machine));
  const losers: string[] = [];
  for (const path of listCandidates(environment, machine, new Set(answers.map(({ name }) => name)))) {
    const identity = await identityOf(path, machine);
    if (identity !== undefined && !chosen.has(identity)) losers.push(path);
  }
  return losers.sort();
}

function unknownName({ objects }: Environment, asked: string): Result<never> {
  const names = [...new Set(objects.flatMap(({ needed }) => needed))];
  const stem = asked.replace(/^lib/, '').replace(/\.so.*$/, '');
  const near = names.filter((name) => stem.length > 2 && name.includes(stem)).slice(0, 5);
  return failure({
    code: 'environment/not-needed',
    message: `nothing in the environment needs ${asked}, and no file of it ends with that name`,
    hint: near.length > 0 ? `Ask for one of ${near.join(', ')}.` : 'Run pharos env --all to see what it needs.',
  });
}
