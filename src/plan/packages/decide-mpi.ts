import { join, nameOf } from '#base';
import { mpiPackages, type SiteCoupled } from '#knowledge';
import type { MpiNeeds, PackageDecision } from '#schema';
import { decision, proof } from './decision.ts';
import { type Choice, nameMpi, type Target } from './target.ts';
import type { Wanted } from './wanted.ts';

/** Names of libraries that the modules of mpi4py's wheel ask the loader for, by the ABI. */
const MPICH_NAME = 'libmpi.so.12';
const OPEN_MPI_NAME = 'libmpi.so.40';
/** In which order mpi4py asks the loader for an MPI. https://github.com/mpi4py/mpi4py/blob/7c8dac2/src/mpi4py/_mpiabi.py */
const SEARCHED = ['libmpi.so', MPICH_NAME, OPEN_MPI_NAME, 'libmpi_abi.so.1'];
const CRAY_ABI_MODULE = /^cray-mpich-abi(\/|$)/;

const wheelName = ({ family }: MpiNeeds): string | undefined =>
  family === 'unknown' || family === 'standard-abi' ? undefined : family === 'openmpi' ? OPEN_MPI_NAME : MPICH_NAME;

/** What mpi4py takes where nothing is set. */
function takenFirst(mpis: readonly MpiNeeds[]): MpiNeeds | undefined {
  for (const name of SEARCHED) {
    const found = mpis.find(({ foundAs }) => foundAs.includes(name));
    if (found) return found;
  }
  return undefined;
}

/** Why the wheel does not take the MPI by itself; undefined where it does. */
function hindrance(mpi: MpiNeeds, { mpis }: Target, others: readonly Wanted[]): string | undefined {
  const brought = others.find(({ name }) => mpiPackages.some((one) => one.name === name));
  if (brought) return `its wheel would take the MPI that ${brought.name} brings into the environment`;
  const first = takenFirst(mpis);
  if (!first) return `its wheel does not find ${nameMpi(mpi)} where nothing is set`;
  return first.library === mpi.library ? undefined : `its wheel would take ${nameMpi(first)}`;
}

const setting = (value: string): Pick<PackageDecision, 'settings'> => ({
  settings: [{ name: 'MPI4PY_LIBMPI', value }],
});

/** The wheel, as it is or with an environment variable; undefined where it cannot serve this MPI. */
export function decideWheelOfAnyMpi(
  wanted: Wanted,
  coupled: SiteCoupled,
  target: Target & { readonly mpi: MpiNeeds },
  choice: Choice,
  others: readonly Wanted[],
): PackageDecision | undefined {
  const { mpi } = target;
  const name = wheelName(mpi);
  if (name === undefined) return undefined;
  if (mpi.soname === name) {
    const because = hindrance(mpi, target, others);
    return because === undefined
      ? decision(wanted, 'wheel', `its wheel takes ${nameMpi(mpi)} when it is imported`, proof(coupled))
      : decision(wanted, 'setting', because, { ...setting(mpi.library), ...proof(coupled) });
  }
  const abi = target.modules.find((module) => CRAY_ABI_MODULE.test(module));
  if (mpi.family === 'cray' && abi !== undefined) {
    const because = `its wheel asks for ${name}, which that module has beside ${nameOf(mpi.library)}`;
    return decision(wanted, 'setting', because, { ask: abi, ...proof(coupled) });
  }
  // Debian's name for the library of the same ABI: https://www.mpich.org/abi/
  if (mpi.family !== 'mpich' || mpi.soname !== 'libmpich.so.12') return undefined;
  return decision(
    wanted,
    'setting',
    `its wheel asks for ${name}, and the site's library of that ABI is ${mpi.soname}`,
    {
      ...setting(join(choice.linksFolder, name)),
      links: [{ name, target: mpi.library }],
      ...proof(coupled),
    },
  );
}
