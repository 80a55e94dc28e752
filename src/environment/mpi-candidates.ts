/** An installed mpi4py and what it is imported with. */
export interface MpiQuestion {
  /** As its METADATA has it. */
  readonly version: string;
  /** Its extension modules, `MPI.ABI.….so`, by ABI; `''` is one without. */
  readonly modules: ReadonlyMap<string, string>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where the interpreter says that it is installed, in the order that mpi4py asks: `listMpiPrefixes`. */
  readonly prefixes: readonly MpiPrefix[];
}

interface MpiPrefix {
  readonly path: string;
  readonly via: 'virtual environment' | 'user base' | 'base prefix';
}

interface Candidate {
  /** What is given to dlopen. */
  readonly name: string;
  readonly via: string;
}

interface Folders {
  isFolder(path: string): Promise<boolean>;
}

const LIBRARIES = new Map([
  ['mpich', 'libmpi.so.12'],
  ['openmpi', 'libmpi.so.40'],
  ['mpiabi', 'libmpi_abi.so.1'],
]);

/** The interpreter's prefixes, the user's where user sites are on, and the base where it is a site prefix. */
export function listMpiPrefixes(python: {
  readonly prefix: string;
  readonly basePrefix: string;
  /** `site.USER_BASE`; undefined where user sites are off. */
  readonly userBase?: string | undefined;
  /** `sys.base_exec_prefix in site.PREFIXES`: always, but in a virtual environment without system packages. */
  readonly hasBaseSite: boolean;
}): MpiPrefix[] {
  const { prefix, basePrefix, userBase, hasBaseSite } = python;
  const listed: MpiPrefix[] = [];
  if (prefix !== basePrefix) listed.push({ path: prefix, via: 'virtual environment' });
  if (userBase !== undefined) listed.push({ path: userBase, via: 'user base' });
  if (hasBaseSite) listed.push({ path: basePrefix, via: 'base prefix' });
  return listed;
}

const SINCE_FOUR_TWO = /^(?:4\.(?:[2-9]|\d{2,})|[5-9]|\d{2,})(?:\D|$)/;

const isLater = ({ version }: MpiQuestion): boolean => SINCE_FOUR_TWO.test(version);

/**
 * What `MPI4PY_MPIABI` asks for. Before 4.2 the ABI is taken as it is; since then it is the name of a library that is looked
 * for, and what this one is decides.
 */
export function abiAsked(
  question: MpiQuestion,
): { abi: string; names?: readonly string[]; isUnknown?: boolean } | undefined {
  const text = question.environment.MPI4PY_MPIABI;
  if (text === undefined || (text === '' && isLater(question))) return undefined;
  const written = text.replaceAll(/[ _-]/g, '').toLowerCase();
  const abi = written === 'impi' ? 'mpich' : written;
  if (!isLater(question)) return { abi };
  const name = LIBRARIES.get(abi);
  return name === undefined ? { abi, isUnknown: true } : { abi, names: [name] };
}

/** What mpi4py gives to dlopen, in its order. */
export async function listCandidates(question: MpiQuestion, folders: Folders): Promise<Candidate[]> {
  const candidates = isLater(question) ? listLater(question) : await listBefore(question, folders);
  // What did not open once does not open the second time, and the empty name is the process itself.
  const seen = new Set(['']);
  return candidates.filter(({ name }) => !seen.has(name) && seen.add(name));
}

/** Since 4.2, names are looked for in each folder, and `MPI4PY_LIBMPI` names files. */
function listLater(question: MpiQuestion): Candidate[] {
  const abi = abiAsked(question);
  const asked = abi?.names ?? question.environment.MPI4PY_LIBMPI?.split(':');
  const variable = abi ? 'MPI4PY_MPIABI' : 'MPI4PY_LIBMPI';
  const names = asked ?? ['libmpi.so', ...LIBRARIES.values()];
  return placesOf(question).flatMap(({ folder, via }) =>
    names.map((name) => ({
      name: expanded(name.includes('/') ? name : join(folder, name), question),
      via: asked ? variable : via,
    })),
  );
}

const namesBefore = ['libmpi.so', 'libmpi.so.12', 'libmpi.so.40'];

/** Before 4.2, `MPI4PY_LIBMPI` names files and folders; an empty entry stands for what the loader finds. */
async function listBefore(question: MpiQuestion, folders: Folders): Promise<Candidate[]> {
  const asked = question.environment.MPI4PY_LIBMPI?.split(':').map((folder) => ({ folder, via: 'MPI4PY_LIBMPI' }));
  const candidates: Candidate[] = [];
  for (const { folder, via } of asked ?? placesOf(question)) {
    const entry = expanded(folder, question);
    const isPlace = entry === '' || (await folders.isFolder(entry));
    const names = isPlace ? namesBefore.map((name) => join(entry, name)) : [entry];
    candidates.push(...names.map((name) => ({ name, via })));
  }
  return candidates;
}

/** Folders without that of `/usr`, which the loader knows; the empty one is the loader. */
function placesOf({ prefixes }: MpiQuestion): { folder: string; via: string }[] {
  const places = prefixes
    .filter(({ path }) => path !== '/usr')
    .map(({ path, via }) => ({ folder: `${path}/lib`, via }));
  return [...places, { folder: '', via: 'the loader' }];
}

const join = (folder: string, name: string): string =>
  folder === '' || folder.endsWith('/') ? `${folder}${name}` : `${folder}/${name}`;

/** Python's `expandvars`, then `expanduser`; of other users' homes nothing is known, and the text stays as it is. */
function expanded(text: string, { environment }: MpiQuestion): string {
  const value = (whole: string, plain: string | undefined, braced: string | undefined) =>
    environment[plain ?? braced ?? ''] ?? whole;
  const filled = text.replaceAll(/\$(?:(\w+)|\{([^}]*)\})/g, value);
  const home = environment.HOME;
  return home !== undefined && /^~(?:\/|$)/.test(filled) ? `${home.replace(/\/+$/, '')}${filled.slice(1)}` : filled;
}
