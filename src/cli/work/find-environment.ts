import { dirname, resolve } from 'node:path';
import { failure, pathOfBytes, type Result, success } from '#base';
import type { EnvironmentFacts } from '#engine';
import {
  chooseInstalledMpi,
  type EnvironmentQuestion,
  type Linker,
  listMpiHere,
  type ReadObjects,
  readEnvironment,
  readLinkage,
  readWheels,
  type Surroundings,
  tellMpiOutside,
} from '#environment';
import type { Environment } from '#schema';
import { localHost, openWheels } from '../files/index.ts';
import { localLoader, openProgram } from './local-loader.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Node gives variables as UTF-8, and what is not as U+FFFD; paths that hold it lead nowhere. */
const textOf = (path: string) => pathOfBytes(Buffer.from(path));

function surroundings({ PYTHONPATH }: Variables, folder: string): Surroundings {
  const entries = (PYTHONPATH ?? '').split(':').filter((entry) => entry !== '');
  return { pythonPath: entries.map((entry) => textOf(resolve(folder, entry))) };
}

/** The loader of the environment's own Python, on this machine. */
async function linkerOf({ python }: Environment, env: Variables, known: ReadObjects): Promise<Result<Linker>> {
  const executable = python?.executable;
  if (executable === undefined) {
    return failure({ code: 'environment/no-python', message: 'no interpreter belongs to it' });
  }
  const program = await openProgram(executable, known);
  return program.ok ? localLoader(program.value, env, process.cwd(), known) : program;
}

export interface FoundEnvironment {
  readonly environment: Environment;
  readonly linker: Result<Linker>;
}

/** What a user names: a folder, or the interpreter in it. */
function placeOf(named: string): string {
  const place = resolve(named);
  return /\/bin\/python[\d.]*$/.test(place) ? dirname(dirname(place)) : place;
}

/** What is at a place that the user names. Nothing of it is run; the system's loader is asked about itself. */
export async function findEnvironment(
  named: string,
  env: Variables,
  { compares }: Pick<EnvironmentQuestion, 'compares'> = {},
): Promise<Result<FoundEnvironment>> {
  const place = textOf(placeOf(named));
  const known: ReadObjects = new Map();
  const around = surroundings(env, process.cwd());
  const read = await readEnvironment(localHost, { place, around, known, ...(compares === false && { compares }) });
  return read.ok ? success({ environment: read.value, linker: await linkerOf(read.value, env, known) }) : read;
}

const NOT_INSTALLED = failure({
  code: 'environment/wheels',
  message: 'wheels are not installed: which copies of libraries they get is told where they are',
});

/** Wheels that a user names, which are files; those that cannot be read are told. Undefined: one of them is no wheel. */
export async function findWheels(named: readonly string[]): Promise<FoundEnvironment | undefined> {
  const [first, ...others] = named.map((one) => textOf(resolve(one)));
  if (first === undefined || ![first, ...others].every((path) => path.toLowerCase().endsWith('.whl'))) return undefined;
  const { host, unreadable } = await openWheels(localHost, [first, ...others]);
  const environment = await readWheels(host, [first, ...others]);
  const isUnread = new Set(unreadable.map(({ what }) => what));
  const unknown = [...unreadable, ...environment.unknown.filter(({ what }) => !isUnread.has(what))];
  return { environment: { ...environment, unknown }, linker: NOT_INSTALLED };
}

/** Which MPI the installed mpi4py would use, as a report tells it. */
export async function readMpi4py(
  { environment, linker }: FoundEnvironment,
  env: Variables,
): Promise<EnvironmentFacts['mpi4py']> {
  const installed = linker.ok ? await chooseInstalledMpi(environment, linker.value, localHost, env) : undefined;
  if (!installed) return undefined;
  const { version, choice } = installed;
  if (!choice.ok) return { version, because: choice.failure.message };
  const { library, module, via } = choice.value;
  return { version, library, module, via };
}

/** With the copies that the loader of this machine would take. */
export async function readFacts({ environment, linker }: FoundEnvironment): Promise<EnvironmentFacts> {
  if (!linker.ok) return { environment, linkage: linker.failure };
  const linkage = await readLinkage(environment, linker.value);
  const outside = await tellMpiOutside(localHost, linkage.outside);
  // Where nothing is built for an MPI, nobody asks which are here.
  const usesMpi = environment.objects.some(({ mpi }) => mpi !== undefined);
  const mpi = usesMpi ? await listMpiHere(localHost, linker.value) : [];
  return { environment, linkage: { ...linkage, outside, ...(mpi.length > 0 ? { mpi } : {}) } };
}
