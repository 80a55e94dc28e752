import { formatCountOf } from '#base';
import type { Check } from '#schema';
import { check } from './check.ts';
import type { Side, Sides } from './sides.ts';

const BUILT_IN = 'built in';

/** Built-in modules that the beginning of a staged start itself imports, seen where it begins after who watches. */
const OF_BEGINNING: ReadonlySet<string> = new Set(['atexit', 'gc']);

/** Each module's name with where it came from, in the original's names. Modules of the stage's own are none of the job's. */
async function sourcesOf(
  modules: ReadonlyMap<string, ReadonlySet<string>>,
  { originals }: Side,
): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const [module, origins] of modules) {
    const places: string[] = [];
    for (const origin of origins) {
      if (!(await originals.isOwn(origin))) places.push(origin === '' ? BUILT_IN : await originals.of(origin));
    }
    if (places.length > 0) found.set(module, [...new Set(places)].sort().join(', '));
  }
  return found;
}

function differences(plain: Map<string, string>, staged: Map<string, string>, rank: string): string[] {
  const where = rank === '' ? '' : ` (${rank})`;
  const lines: string[] = [];
  for (const [module, source] of plain) {
    const other = staged.get(module);
    if (other === undefined) lines.push(`${module}${where} is not imported from the image`);
    else if (other !== source) lines.push(`${module}${where} is ${other} in the image, else ${source}`);
  }
  for (const [module, source] of staged) {
    const isOurs = source === BUILT_IN && OF_BEGINNING.has(module);
    if (!plain.has(module) && !isOurs) lines.push(`${module}${where} is imported from the image only`);
  }
  return lines;
}

const NONE: ReadonlyMap<string, ReadonlySet<string>> = new Map();

async function filesOf({ run, originals }: Side): Promise<Set<string>> {
  const found = new Set<string>();
  for (const path of run.sources) if (!(await originals.isOwn(path))) found.add(await originals.of(path));
  return found;
}

/** Files of modules that the import lines do not tell of: what `site` imports before anybody can watch. */
async function otherFiles(sides: Sides, told: string): Promise<string[]> {
  const [before, after] = [await filesOf(sides.plain), await filesOf(sides.staged)];
  const isNew = (path: string) => !told.includes(path);
  return [
    ...[...before]
      .filter((path) => !after.has(path) && isNew(path))
      .map((path) => `${path} is not read from the image`),
    ...[...after]
      .filter((path) => !before.has(path) && isNew(path))
      .map((path) => `${path} is read from the image only`),
  ];
}

/** The same names on each rank, each from the same file. Their order is not compared. */
export async function compareModules(sides: Sides): Promise<Check> {
  const { plain, staged } = sides;
  const lines: string[] = [];
  const names = new Set<string>();
  const ranks = new Set([...plain.run.modules.keys(), ...staged.run.modules.keys()]);
  for (const rank of ranks) {
    const before = await sourcesOf(plain.run.modules.get(rank) ?? NONE, plain);
    const after = await sourcesOf(staged.run.modules.get(rank) ?? NONE, staged);
    lines.push(...differences(before, after, rank));
    for (const name of after.keys()) names.add(name);
  }
  lines.push(...(await otherFiles(sides, lines.join('\n'))));
  const where = ranks.size > 1 ? ` on ${formatCountOf(ranks.size, 'rank')}` : '';
  return check('modules', `${formatCountOf(names.size, 'module')}${where}`, lines);
}
