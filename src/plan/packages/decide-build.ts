import type { Coupling, SiteCoupled } from '#knowledge';
import type { LibraryNeeds, PackageDecision } from '#schema';
import { decision, proof } from './decision.ts';
import { nameMpi, type Target } from './target.ts';
import type { Wanted } from './wanted.ts';

const TITLES: Readonly<Record<Exclude<Coupling, 'mpi' | 'cuda'>, string>> = {
  hdf5: 'HDF5',
  'netcdf-c': 'netCDF',
  petsc: 'PETSc',
  slepc: 'SLEPc',
  fftw: 'FFTW',
  'parallel-netcdf': 'PnetCDF',
};

/** A value for each place of a recipe, or what the site lacks. */
type Place = { readonly values: Readonly<Record<string, string>>; readonly library?: LibraryNeeds } | { lacks: string };

function mpiPlace({ mpi, partitions }: Target): Place {
  if (!mpi) return { lacks: `no MPI was seen in ${partitions.join(', ')}` };
  if (mpi.compiler === undefined) return { lacks: `no compiler wrapper was seen of ${nameMpi(mpi)}` };
  return { values: { 'mpi.compiler': mpi.compiler, 'mpi.family': mpi.family } };
}

/** An installation that was made with the MPI that is planned with. */
function libraryPlace(name: Exclude<Coupling, 'mpi' | 'cuda'>, { libraries, mpi, partitions }: Target): Place {
  const title = TITLES[name];
  const found = libraries.filter((one) => one.name === name);
  const fitting = found.find((one) => mpi !== undefined && one.mpi === mpi.family);
  // Only these two are never made without MPI in a way that its Python package could not be built with.
  const serves = fitting ?? (name === 'fftw' ? found[0] : undefined);
  if (serves) return { values: { [`${name}.prefix`]: serves.prefix }, library: serves };
  if (found.length === 0) return { lacks: `no ${title} with its headers was seen in ${partitions.join(', ')}` };
  const built = found.map((one) =>
    one.mpi === 'none' ? 'without MPI' : `with ${one.mpi ?? 'an MPI that is not known'}`,
  );
  return { lacks: `${title} was only seen built ${[...new Set(built)].join(', ')}` };
}

/** Libraries of the site that a build uses, and the values of its recipe. */
interface Filled {
  readonly values: Readonly<Record<string, string>>;
  readonly libraries: readonly LibraryNeeds[];
  readonly lacks: readonly string[];
}

function fill({ couples }: SiteCoupled, target: Target): Filled {
  let values: Readonly<Record<string, string>> = {};
  const libraries: LibraryNeeds[] = [];
  const lacks: string[] = [];
  for (const coupling of couples) {
    if (coupling === 'cuda') continue;
    const place = coupling === 'mpi' ? mpiPlace(target) : libraryPlace(coupling, target);
    if ('lacks' in place) lacks.push(place.lacks);
    else {
      values = { ...values, ...place.values };
      if (place.library) libraries.push(place.library);
    }
  }
  return { values, libraries, lacks };
}

const filled = (template: string, values: Readonly<Record<string, string>>): string =>
  template.replace(/\{([\w.-]+)\}/g, (whole, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? whole) : whole,
  );

const pairs = (table: Readonly<Record<string, string>> | undefined, values: Readonly<Record<string, string>>) =>
  Object.entries(table ?? {}).map(([name, template]) => ({ name, value: filled(template, values) }));

/** `3.20.5` to `3.20`. */
const release = (version: string): string | undefined => /^\d+\.\d+/.exec(version)?.[0];

function insteadOf(coupled: SiteCoupled, libraries: readonly LibraryNeeds[], wanted: Wanted): string | undefined {
  const library = libraries.find(({ name }) => name === coupled.sameReleaseAs);
  const own = library?.version === undefined ? undefined : release(library.version);
  if (own === undefined || (wanted.version !== undefined && release(wanted.version) === own)) return undefined;
  return `${coupled.name}==${own}.*`;
}

/** Where the site, or a package manager that it has, offers the package ready-made. */
function elsewhere(wanted: Wanted, coupled: SiteCoupled, target: Target, lacks: string): PackageDecision {
  const pattern = coupled.modules === undefined ? undefined : new RegExp(coupled.modules, 'i');
  const module = pattern && target.modules.find((name) => pattern.test(name));
  const more = proof(coupled);
  if (module !== undefined) {
    return decision(wanted, 'module', `${lacks}; the site has a module of it, for the Python that it was made for`, {
      ask: module,
      ...more,
    });
  }
  if (coupled.spack !== undefined && target.hasSpack) {
    return decision(wanted, 'spack', `${lacks}; Spack builds it with what it needs`, { ask: coupled.spack, ...more });
  }
  const conda = coupled.conda === undefined ? undefined : filled(coupled.conda, { 'mpi.family': condaFamily(target) });
  if (conda !== undefined && target.hasConda) {
    const because = `${lacks}; conda-forge has it with its own MPI, which the launcher must fit`;
    return decision(wanted, 'conda', because, { ask: conda, ...more });
  }
  return decision(wanted, 'impossible', lacks, more);
}

/** conda-forge builds with these two. */
const condaFamily = ({ mpi }: Target): string => (mpi?.family === 'openmpi' ? 'openmpi' : 'mpich');

/** To build it here, against what the site has; else from where it can be had. */
export function decideBuild(
  wanted: Wanted,
  coupled: SiteCoupled,
  target: Target,
  because: string,
): { readonly decided: PackageDecision; readonly libraries: readonly LibraryNeeds[] } {
  const { values, libraries, lacks } = fill(coupled, target);
  const [first] = lacks;
  if (first !== undefined) return { decided: elsewhere(wanted, coupled, target, lacks.join('; ')), libraries: [] };
  const build = { variables: pairs(coupled.variables, values), settings: pairs(coupled.settings, values) };
  const instead = insteadOf(coupled, libraries, wanted);
  const more = { build, ...(instead !== undefined && { instead }), ...proof(coupled) };
  return { decided: decision(wanted, 'rebuild', because, more), libraries };
}
