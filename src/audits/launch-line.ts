// What to type so that each rank gets cores of its own, by launcher.

/** The launch with so many CPUs, hardware threads, for each rank. Options from the launchers' manuals:
 * https://slurm.schedmd.com/srun.html, https://docs.open-mpi.org/en/v4.1.x (`mpirun`),
 * https://github.com/pmodels/mpich/blob/main/doc/wiki/how_to/Using_the_Hydra_Process_Manager.md,
 * https://docs.alcf.anl.gov/running-jobs/ (PALS), https://flux-framework.readthedocs.io (`flux run`). */
export function launchLine(launcher: string, cpus: number): string {
  const each = Math.max(1, Math.floor(cpus));
  switch (launcher) {
    case 'slurm':
      return `srun --cpus-per-task=${each} --cpu-bind=cores`;
    case 'openmpi':
      return `mpirun --map-by slot:PE=${each} --bind-to core`;
    case 'mpich':
      return `mpiexec -bind-to core:${each} -map-by core:${each}`;
    case 'pals':
      return `mpiexec --depth ${each} --cpu-bind depth`;
    case 'flux':
      return `flux run --cores-per-task=${each} -o cpu-affinity=per-task`;
    case 'lsf':
      return `jsrun --cpu_per_rs ${each} --bind packed:${each}`;
    default:
      return `taskset --cpu-list …`;
  }
}
