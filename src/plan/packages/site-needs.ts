import type { MpiFamily } from '#schema';

/** What of a site decides where packages come from: facts that were seen there, nothing that was guessed. */
export interface SiteNeeds {
  readonly name: string;
  readonly partitions: readonly PartitionNeeds[];
}

export interface PartitionNeeds {
  readonly name: string;
  /** Whether this was seen on a login machine: what jobs find can be something else. */
  readonly isLogin: boolean;
  /** As `uname -m` has it. */
  readonly machine?: string;
  readonly glibc?: string;
  readonly mpis: readonly MpiNeeds[];
  /** What `srun --mpi=list` names; absent where there is no Slurm. */
  readonly pmi?: readonly string[];
  /** What srun takes where nothing is said. */
  readonly pmiDefault?: string;
  readonly gpu?: { readonly kind: 'nvidia' | 'amd' | 'none'; readonly driver?: string };
  /** Libraries with their headers, that a build can be made against. */
  readonly libraries: readonly LibraryNeeds[];
  /** Names of modules, as `module avail` has them. */
  readonly modules: readonly string[];
  readonly hasSpack: boolean;
  readonly hasConda: boolean;
}

/** An MPI installation. */
export interface MpiNeeds {
  readonly family: MpiFamily;
  readonly version?: string;
  /** The real file of the library. */
  readonly library: string;
  readonly soname?: string;
  /** Names of the libraries that it needs; tells how it was built. */
  readonly needed?: readonly string[];
  readonly prefix?: string;
  /** Its compiler wrapper for C, by path. */
  readonly compiler?: string;
  /** Its launcher, by path. */
  readonly launcher?: string;
  /** Modules that were loaded when it was seen. */
  readonly modules: readonly string[];
  /** Names by which the loader finds it where nothing is set. */
  readonly foundAs: readonly string[];
}

export interface LibraryNeeds {
  /** As Spack calls it: `hdf5`, `netcdf-c`, `petsc`. */
  readonly name: string;
  readonly version?: string;
  readonly prefix: string;
  /** Of the MPI that it was built with; `none`: without MPI; absent: not known. */
  readonly mpi?: MpiFamily | 'none';
  readonly modules: readonly string[];
}
