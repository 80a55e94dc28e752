import { failure, nameOf, type Result, success } from '#base';
import { abiAsked, listCandidates, type MpiQuestion } from './mpi-candidates.ts';

// Which MPI `from mpi4py import MPI` loads, as the finder of mpi4py chooses it when it is imported:
// https://github.com/mpi4py/mpi4py/blob/4.1.2/src/mpi4py/_mpiabi.py, of 4.2
// https://github.com/mpi4py/mpi4py/blob/7c8dac2c58203a4d538961c6524e3940b04a42dc/src/mpi4py/_mpiabi.py

/** A library that dlopen gave. */
export interface OpenedLibrary {
  readonly path: string;
  /** The first library that defines a symbol, itself or one that it needs, as dlsym looks: its path. */
  definer(symbol: string): Promise<string | undefined>;
}

/** A process that begins to import mpi4py. What opens stays in it, as in a real one. */
export interface MpiProcess {
  /** The program with what it needs and what is preloaded. */
  readonly own: Omit<OpenedLibrary, 'path'>;
  isFolder(path: string): Promise<boolean>;
  /** dlopen of a path or of a name for the loader; a failure says what is missing. */
  open(name: string): Promise<Result<OpenedLibrary>>;
}

/** What mpi4py tried on its way to an MPI library. */
interface Tried {
  /** As it was given to dlopen. */
  readonly name: string;
  readonly outcome: 'opened' | 'did not open' | 'is no MPI';
}

/** Which MPI library mpi4py uses, and how it came to it. */
export interface MpiChoice {
  /** The library whose functions the extension module calls. */
  readonly library: string;
  /** The extension module. */
  readonly module: string;
  /** `openmpi`, `mpich` or `mpiabi`; none for a module that was built for one library. */
  readonly abi?: string;
  readonly via: string;
  /** The library that decided which extension module it is, where it is another one than `library`. */
  readonly decidedBy?: string;
  readonly tried: readonly Tried[];
}

interface Decision {
  readonly abi: string;
  readonly via: string;
  readonly path?: string;
}

/** The library, or the reason why the import fails. */
export async function chooseMpi(question: MpiQuestion, process: MpiProcess): Promise<Result<MpiChoice>> {
  const { modules } = question;
  const tried: Tried[] = [];
  // Python's own finder comes first, and takes what is called after the interpreter alone.
  const built = modules.get('');
  if (built !== undefined) return load(built, { abi: '', via: 'its extension module' }, tried, process);
  if (modules.size === 0) return fail('no-module', 'mpi4py has no extension module');
  const decided = await decide(question, process, tried);
  if (!decided.ok) return decided;
  const { abi } = decided.value;
  const module = modules.get(abi);
  if (module !== undefined) return load(module, decided.value, tried, process);
  return fail(
    'no-module',
    `mpi4py has no extension module for the ABI ${abi}, but for ${[...modules.keys()].join(', ')}`,
  );
}

const fail = (code: `${string}`, message: string): Result<never> => failure({ code: `environment/${code}`, message });

async function decide(question: MpiQuestion, process: MpiProcess, tried: Tried[]): Promise<Result<Decision>> {
  const asked = abiAsked(question);
  if (asked?.isUnknown) return fail('unknown-abi', `mpi4py knows no ABI ${asked.abi}, which MPI4PY_MPIABI asks for`);
  // Before 4.2 no library is looked at then.
  if (asked && asked.names === undefined) return success({ abi: asked.abi, via: 'MPI4PY_MPIABI' });
  const exporter = await process.own.definer('MPI_Get_version');
  if (exporter !== undefined) return success({ abi: await abiOf(process.own), via: 'the process', path: exporter });
  for (const { name, via } of await listCandidates(question, process)) {
    const opened = await process.open(name);
    const path = opened.ok ? await opened.value.definer('MPI_Get_version') : undefined;
    tried.push({ name, outcome: outcomeOf(opened.ok, path) });
    if (opened.ok && path !== undefined) return success({ abi: await abiOf(opened.value), via, path });
  }
  return fail('no-mpi', `mpi4py finds no MPI library: ${listed(tried)}`);
}

const outcomeOf = (isOpen: boolean, path: string | undefined): Tried['outcome'] =>
  isOpen ? (path === undefined ? 'is no MPI' : 'opened') : 'did not open';

const listed = (tried: readonly Tried[]): string => tried.map(({ name, outcome }) => `${name} ${outcome}`).join(', ');

/**
 * mpi4py calls `MPI_Abi_get_version`, which says -1 where the library has an ABI of its own. Nothing is called here: the
 * library of the standard's ABI has the name that the standard gives it.
 */
async function abiOf({ definer }: Pick<OpenedLibrary, 'definer'>): Promise<string> {
  const standard = await definer('MPI_Abi_get_version');
  if (standard !== undefined && nameOf(standard).startsWith('libmpi_abi.')) return 'mpiabi';
  return (await definer('ompi_mpi_comm_self')) === undefined ? 'mpich' : 'openmpi';
}

/** The extension module names its library itself: a name that is in the process already is taken from there. */
async function load(
  module: string,
  { abi, via, path }: Decision,
  tried: readonly Tried[],
  process: MpiProcess,
): Promise<Result<MpiChoice>> {
  const opened = await process.open(module);
  if (!opened.ok) {
    return fail('module-not-loaded', `${nameOf(module)} cannot be loaded: ${opened.failure.message}`);
  }
  const library = (await process.own.definer('MPI_Init')) ?? (await opened.value.definer('MPI_Init'));
  if (library === undefined) return fail('no-mpi', `nothing that ${nameOf(module)} needs defines MPI_Init`);
  return success({
    ...{ library, module, via, tried },
    ...(abi === '' ? {} : { abi }),
    ...(path === undefined || path === library ? {} : { decidedBy: path }),
  });
}
