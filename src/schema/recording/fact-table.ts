import * as z from 'zod';
import { type FactName, type Facts, facts } from './facts.ts';
import { type Line, malformed } from './malformed.ts';
import type { PathTable } from './path-table.ts';

const MOST_FACTS = 200_000;

export interface FactTable {
  readonly all: Facts;
  /** `["fact", name, {…}]`; unknown names are skipped. */
  add(line: Line): void;
}

type PathsOf = { readonly [Name in FactName]?: (fact: Facts[Name][number]) => (number | undefined)[] };

/** The path ids in each kind of fact: they must have been written before. */
const pathsOf: PathsOf = {
  python: (fact) => [
    fact.executable,
    fact.prefix,
    fact.basePrefix,
    fact.stdlib,
    ...fact.pathEntries.map(({ path }) => path),
    fact.userSite?.path,
    fact.pycachePrefix,
  ],
  mount: ({ point }) => [point],
  environment: ({ searchPaths }) => Object.values(searchPaths).flat(),
  distribution: ({ path }) => [path],
  library: ({ path }) => [path],
  activity: ({ path }) => [path],
  rank: ({ maskChanges }) => (maskChanges ?? []).flatMap(({ libraries }) => libraries),
  mpi: ({ library }) => [library],
  loaded: ({ libraries }) => libraries.map(({ path }) => path),
  found: ({ mpi, mpi4py }) => [mpi4py?.path, ...mpi.map(({ path }) => path)],
  pools: ({ pools }) => pools.map(({ library }) => library),
  modules: ({ shadows }) => shadows.map(({ path }) => path),
  places: ({ places }) => places.map(({ path }) => path),
};

function isFactName(name: unknown): name is FactName {
  return typeof name === 'string' && Object.hasOwn(facts, name);
}

export function factTable(paths: PathTable): FactTable {
  const all = Object.fromEntries(Object.keys(facts).map((name) => [name, []])) as unknown as Facts;
  let count = 0;

  function keep<Name extends FactName>(name: Name, value: unknown): void {
    const parsed = facts[name].safeParse(value);
    if (!parsed.success) malformed(`the fact ${name}: ${z.prettifyError(parsed.error).split('\n', 1)[0]}`);
    const fact = parsed.data as Facts[Name][number];
    for (const path of pathsOf[name]?.(fact) ?? []) paths.known(path ?? 0);
    (all[name] as Facts[Name][number][]).push(fact);
  }

  return {
    all,
    add([, name, value]) {
      if (!isFactName(name)) return;
      count += 1;
      if (count > MOST_FACTS) malformed(`there are more than ${MOST_FACTS} facts`);
      keep(name, value);
    },
  };
}
