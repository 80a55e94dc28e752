import { success } from '#base';
import type { Facts, Group, Interpreters, Recording } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { groupShared, ordered } from '../group-ranks.ts';
import { ranksIn } from '../step-nodes.ts';
import { stepPathText } from '../step-path-text.ts';

type Interpreter = Interpreters['groups'][number]['value'];
type Environment = Interpreters['environment'][number]['value'];
type Modules = Interpreters['modules'][number]['value'];

function interpreter(fact: Facts['python'][number], { paths }: Recording): Interpreter {
  const text = (path: number) => stepPathText(paths, path);
  const flags = Object.entries(fact.flags).filter((flag): flag is [string, boolean] => flag[1] !== undefined);
  return {
    version: fact.version,
    implementation: fact.implementation,
    executable: text(fact.executable),
    prefix: text(fact.prefix),
    basePrefix: text(fact.basePrefix),
    flags: ordered(Object.fromEntries(flags)),
    pathEntries: fact.pathEntries.map(({ path, origin, exists }) => ({
      path: text(path),
      origin,
      ...(exists === undefined ? {} : { exists }),
    })),
    ...(fact.userSite ? { userSite: { enabled: fact.userSite.enabled, path: text(fact.userSite.path) } } : {}),
    ...(fact.gil === undefined ? {} : { gil: fact.gil }),
  };
}

function environment({ values, searchPaths }: Facts['environment'][number], { paths }: Recording): Environment {
  const lists = Object.entries(searchPaths).map(
    ([name, ids]) => [name, ids.map((id) => stepPathText(paths, id))] as const,
  );
  return { values: ordered(values), searchPaths: ordered(Object.fromEntries(lists)) };
}

function modules(fact: Facts['modules'][number], { paths }: Recording): Modules {
  return {
    modules: fact.modules,
    fromSource: fact.fromSource,
    fromSourceNames: fact.fromSourceNames,
    shadows: fact.shadows.map(({ module, path, hides, loaded }) => ({
      module,
      path: stepPathText(paths, path),
      hides,
      loaded,
    })),
    ...(fact.gilTurnedOnBy === undefined ? {} : { gilTurnedOnBy: fact.gilTurnedOnBy }),
  };
}

/** How long no rank can take, so that a rank of which it is not known does not count as slowest. */
const NOT_KNOWN = -1;

interface Imported {
  readonly seconds: number;
  readonly slowest: NonNullable<Interpreters['slowest']>;
}

/** Of the rank that took longest, as the others wait for it. */
function slowest(recordings: readonly Recording[]): Pick<Interpreters, 'slowest'> {
  let longest: Imported | undefined;
  for (const recording of recordings) {
    for (const imported of importedOn(recording)) {
      if (imported.seconds > (longest?.seconds ?? NOT_KNOWN - 1)) longest = imported;
    }
  }
  return longest ? { slowest: longest.slowest } : {};
}

function* importedOn(recording: Recording): Generator<Imported> {
  const held = ranksIn(recording);
  for (const { ranks, slowest: imports } of recording.facts.modules.filter(({ slowest }) => slowest.length > 0)) {
    for (const rank of ranks) {
      if (held.has(rank)) yield { seconds: held.get(rank)?.seconds.imports ?? NOT_KNOWN, slowest: { rank, imports } };
    }
  }
}

/** The Python of the ranks, what surrounds it, and what it imported. */
export const interpreters: Gatherer<'interpreters'> = {
  makes: 'interpreters',

  gather(recordings) {
    const groups: Group<Interpreter>[] = groupShared(recordings, ({ facts }) => facts.python, interpreter);
    return success({
      groups,
      environment: groupShared(recordings, ({ facts }) => facts.environment, environment),
      modules: groupShared(recordings, ({ facts }) => facts.modules, modules),
      ...slowest(recordings),
    });
  },
};
