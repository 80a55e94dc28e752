import { join, type Result } from '#base';
import type { Host } from '#host';
import type { Environment } from '#schema';
import { listMpiPrefixes, type MpiQuestion } from './mpi-candidates.ts';
import { chooseMpi, type MpiChoice } from './mpi-choice.ts';
import { createMpiProcess } from './mpi-process.ts';
import type { Linker } from './read-linkage.ts';

const MODULE = /\/mpi4py\/MPI(?:\.(mpich|openmpi|mpiabi))?(?:\.(?:cpython-[\w-]+|abi3t?|pypy\w*(?:-\w+)*))?\.so$/;

type Variables = Readonly<Record<string, string | undefined>>;

/** The mpi4py that an import finds, as its finder would be asked; undefined where there is none. */
function questionOf(environment: Environment, variables: Variables): MpiQuestion | undefined {
  const { place, python, sites, distributions, objects } = environment;
  const index = distributions.findIndex(({ name }) => name.toLowerCase() === 'mpi4py');
  const own = distributions[index];
  const folder = own && sites[own.site]?.path;
  if (!own || folder === undefined) return undefined;
  const modules = new Map<string, string>();
  for (const { path } of objects) {
    const match = path.startsWith(`${folder}/mpi4py/`) ? MODULE.exec(path) : null;
    if (match) modules.set(match[1] ?? '', path);
  }
  const basePrefix = python?.basePrefix ?? place;
  const hasUserSite = sites.some(({ origin }) => origin === 'user');
  const userBase =
    variables.PYTHONUSERBASE ?? (variables.HOME === undefined ? undefined : join(variables.HOME, '.local'));
  return {
    version: own.version,
    modules,
    environment: variables,
    prefixes: listMpiPrefixes({
      ...{ prefix: place, basePrefix, hasBaseSite: place === basePrefix || (python?.withSystemSites ?? true) },
      ...(hasUserSite && { userBase }),
    }),
  };
}

export interface InstalledMpi4py {
  readonly version: string;
  /** A failure says why the import of `mpi4py.MPI` would fail. */
  readonly choice: Result<MpiChoice>;
}

/** Which MPI the installed mpi4py would use on this machine, with these variables. Nothing is loaded. */
export async function chooseInstalledMpi(
  environment: Environment,
  linker: Linker,
  host: Host,
  variables: Variables,
): Promise<InstalledMpi4py | undefined> {
  const question = questionOf(environment, variables);
  if (!question) return undefined;
  return { version: question.version, choice: await chooseMpi(question, createMpiProcess(linker, host)) };
}
