import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { bringerOf, isOfMpi, type NativeObject } from '../environment-objects.ts';
import { factEvidence } from '../evidence.ts';
import { normalName } from '../mpi-in-use.ts';
import { verdictOf } from '../verdict-of.ts';

type Environment = Artifacts['environment'];

const HDF5 = /^libhdf5(?:-[0-9a-f]{8,64})?\.so/;
/** Packages that can write one file from many ranks, when their HDF5 can. */
const USERS = new Set(['h5py', 'netcdf4']);

export const serialHdf5 = defineAudit({
  id: 'serial-hdf5',
  category: 'packaging',
  question: 'Where there is mpi4py, can HDF5 write one file from all ranks?',
  needs: ['environment'],

  answer({ environment }): Verdict {
    const names = new Set(environment.distributions.map(({ name }) => normalName(name)));
    if (!names.has('mpi4py')) return { kind: 'inapplicable', because: 'there is no mpi4py' };
    const users = environment.objects.filter((object) => isUser(object, environment));
    if (users.length === 0)
      return { kind: 'inapplicable', because: 'there is no h5py and no netCDF4 with files of their own' };
    const findings = [...new Set(users.map((object) => bringerOf(environment, object)))].flatMap((bringer) => {
      const own = users.filter((object) => bringerOf(environment, object) === bringer);
      const library = environment.objects.find((object) => isOwnHdf5(object, own));
      // Where HDF5 comes from outside, its own libraries tell, which are not here.
      return library && !usesMpi(library) && !own.some(usesMpi) ? [findingOf(bringer, library)] : [];
    });
    return verdictOf(findings);
  },
});

function isUser(object: NativeObject, { distributions }: Environment): boolean {
  const distribution = object.distribution === undefined ? undefined : distributions[object.distribution];
  return distribution !== undefined && object.kind === 'extension' && USERS.has(normalName(distribution.name));
}

const isOwnHdf5 = ({ path, distribution }: NativeObject, own: readonly NativeObject[]) =>
  HDF5.test(path.slice(path.lastIndexOf('/') + 1)) && own.some((object) => object.distribution === distribution);

const usesMpi = ({ needed }: NativeObject) => needed.some(isOfMpi);

const findingOf = (bringer: string, library: NativeObject): Finding => ({
  message: `${bringer} brings an HDF5 without MPI: opening one file from many ranks with driver='mpio' or parallel=True fails`,
  // What the job wants is not known: many use mpi4py, and write files of their own from each rank.
  severity: 'note',
  confidence: 'certain',
  harm: 'crash',
  fixer: 'user',
  ...cureOf(bringer),
  subject: bringer,
  evidence: [factEvidence({ library: library.path, 'needs of it': library.needed.slice(0, 6).join(', ') })],
});

/** https://docs.h5py.org/en/stable/build.html, https://unidata.github.io/netcdf4-python/#parallel-io */
function cureOf(bringer: string): Pick<Finding, 'fix' | 'check'> {
  return /^h5py /.test(bringer)
    ? {
        fix: "If you write in parallel, build it against the site's parallel HDF5: CC=mpicc HDF5_MPI=ON python -m pip install --no-binary=h5py h5py",
        check: 'python -c "import h5py; print(h5py.get_config().mpi)" prints True',
      }
    : {
        fix: "If you write in parallel, build it against the site's parallel netCDF, after mpi4py: CC=mpicc python -m pip install --no-build-isolation --no-binary=netCDF4 netCDF4",
        check: 'python -c "import netCDF4; print(netCDF4.__has_parallel4_support__)" prints True',
      };
}
