import { failure, success } from '#base';
import { type Facts, type Python, pathText, type Recording } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { firstRank, noPython } from '../observed-ranks.ts';

type Fact = Facts['python'][number];

function interpreter({ paths }: Recording, fact: Fact) {
  const text = (path: number) => pathText(paths, path);
  return {
    version: fact.version,
    implementation: fact.implementation,
    executable: text(fact.executable),
    prefix: text(fact.prefix),
    basePrefix: text(fact.basePrefix),
    stdlib: text(fact.stdlib),
    flags: Object.fromEntries(
      Object.entries(fact.flags).filter((flag): flag is [string, boolean] => flag[1] !== undefined),
    ),
    pathEntries: fact.pathEntries.map(({ path, origin, exists }) => ({
      path: text(path),
      origin,
      ...(exists === undefined ? {} : { exists }),
    })),
    importHooks: fact.importHooks ?? [],
    ...(fact.userSite ? { userSite: { enabled: fact.userSite.enabled, path: text(fact.userSite.path) } } : {}),
    ...(fact.pycachePrefix === undefined ? {} : { pycachePrefix: text(fact.pycachePrefix) }),
    ...(fact.gil === undefined ? {} : { gil: fact.gil }),
  };
}

function environment({ facts, paths }: Recording): Pick<Python, 'environment' | 'searchPaths'> {
  const values = facts.environment.flatMap((fact) => Object.entries(fact.values));
  const lists = facts.environment.flatMap(({ searchPaths }) => Object.entries(searchPaths));
  return {
    environment: Object.fromEntries(values),
    searchPaths: Object.fromEntries(lists.map(([name, ids]) => [name, ids.map((id) => pathText(paths, id))])),
  };
}

/** The interpreter of the first observed rank, its search path and what is installed for it. */
export const python: Gatherer<'python'> = {
  makes: 'python',

  gather(recordings) {
    const first = firstRank(recordings);
    const recording = first?.recording ?? recordings[0];
    const { python: facts, distribution } = recording.facts;
    const fact = facts.find(({ process }) => process === first?.process.id) ?? facts[0];
    if (!fact) return failure(noPython);
    return success({
      ...interpreter(recording, fact),
      ...environment(recording),
      distributions: distribution.map(({ name, version }) => ({ name, version })),
    });
  },
};
