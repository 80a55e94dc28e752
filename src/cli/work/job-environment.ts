import { failure, hideNames, type Names, revealNames } from '#base';
import type { EnvironmentFacts, EnvironmentQuestion } from '#engine';
import { type Linkage, pathText, type Recording } from '#schema';
import { localHost } from '../files/index.ts';
import { findEnvironment, readFacts } from './find-environment.ts';
import { localNames } from './local-names.ts';

type Variables = NodeJS.ProcessEnv;

const unknown = (message: string) => failure({ code: 'cli/environment', message }).failure;

/** Accounts that say nothing of a person, as the collector leaves them (python/collector/recording/names.py). */
const NOBODY = /^(root|nobody|user|users|ubuntu|debian|runner|jovyan|vagrant|docker|admin|guest|test|build|builder)$/;

const hiddenNames = ({ home, user, host }: Names): Names => ({ home, user: NOBODY.test(user) ? '' : user, host });

/** Every text of it as a report tells it. */
function hidden<T>(value: T, names: Names): T {
  if (typeof value === 'string') return hideNames(value, names) as T;
  if (Array.isArray(value)) return value.map((one) => hidden(one, names)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [hideNames(key, names), hidden(one, names)]),
  ) as T;
}

const DIRECT = new Set(['python', 'script', 'module', 'command', 'entry-point']);

/** Whether something between the shell and the job's Python may have changed its variables. */
function isDirect({ facts, processes }: Recording): boolean {
  const [command] = facts.command;
  return DIRECT.has(command?.form ?? 'other') && ![...processes.values()].some(({ role }) => role === 'before');
}

type Loaded = { readonly path: string; readonly soname: string };

/** Real paths of what these names lead to. */
async function realPathsOf(names: ReadonlySet<string>, { objects }: Linkage): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  for (const { name, path } of objects.flatMap(({ links }) => links)) {
    if (!names.has(name)) continue;
    found.set(name, (found.get(name) ?? new Set()).add(path ?? ''));
  }
  for (const [name, paths] of found) {
    const real = await Promise.all([...paths].map((path) => localHost.realPath(path)));
    found.set(name, new Set(real.flatMap((one) => (one.ok && one.value !== undefined ? [one.value] : []))));
  }
  return found;
}

/** A library that the job had in memory and that these variables lead to nowhere: they are not the job's. */
async function foreignCopy(loaded: readonly Loaded[], linkage: Linkage, own: ReadonlySet<string>) {
  const outside = loaded.filter(({ path }) => !own.has(path));
  const found = await realPathsOf(new Set(outside.map(({ soname }) => soname)), linkage);
  return outside.find(({ path, soname }) => found.has(soname) && !found.get(soname)?.has(path));
}

/** The linkage where it is that of the job; else why it is not known. */
async function trusted(
  { environment, linkage }: EnvironmentFacts,
  recording: Recording,
  names: Names,
): Promise<EnvironmentFacts['linkage']> {
  if (!('objects' in linkage)) return linkage;
  if (!isDirect(recording)) return unknown('the command may change the variables of the loader before Python starts');
  const own = new Set(environment.objects.flatMap(({ path, realPath }) => [path, realPath ?? path]));
  const loaded = recording.facts.library.flatMap(({ path, soname }) =>
    soname === undefined ? [] : [{ soname, path: revealNames(pathText(recording.paths, path), names) }],
  );
  const foreign = await foreignCopy(loaded, linkage, own);
  return foreign ? unknown(`the job loaded ${foreign.path}, which its variables do not lead to`) : linkage;
}

function variablesOf({ facts: { python }, paths }: Recording, environment: Variables, names: Names): Variables {
  const entries = (python[0]?.pathEntries ?? []).filter(({ origin }) => origin === 'pythonpath');
  const told = entries.map(({ path }) => revealNames(pathText(paths, path), names));
  return { ...environment, PYTHONPATH: told.join(':') };
}

/**
 * The environment that the job's Python is of, read on this machine after the job. Undefined in a job step: there every
 * node would read it once more, and where no Python was seen.
 */
export async function readJobEnvironment(
  recording: Recording,
  environment: Variables,
): Promise<EnvironmentQuestion | undefined> {
  const { launch, python } = recording.facts;
  const [fact] = python;
  if (!fact || (launch[0] && launch[0].launcher !== 'none')) return undefined;
  const names = localNames(environment);
  const prefix = revealNames(pathText(recording.paths, fact.prefix), names);
  const found = await findEnvironment(prefix, variablesOf(recording, environment, names));
  if (!found.ok) return found.failure;
  const facts = await readFacts(found.value);
  return hidden(
    { environment: facts.environment, linkage: await trusted(facts, recording, names) },
    hiddenNames(names),
  );
}
