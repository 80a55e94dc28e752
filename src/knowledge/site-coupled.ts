import file from '../../knowledge/site-coupled.json' with { type: 'json' };

/** What a package's right build depends on at a site. */
export type Coupling = 'mpi' | 'cuda' | 'hdf5' | 'netcdf-c' | 'petsc' | 'slepc' | 'fftw' | 'parallel-netcdf';

/** A package whose right source is another at each site. */
export interface SiteCoupled {
  /** Normalised. */
  readonly name: string;
  readonly couples: readonly Coupling[];
  /**
   * How its wheel on PyPI behaves. `any-mpi`: it takes the MPI that it finds at run time, of MPICH's or Open MPI's ABI;
   * `serial`: it works, without MPI; `none`: there is no wheel; `uv-backend`: uv chooses the index by the driver;
   * `other-name`: the wheels have the names of `byCuda`; `extra`: so do its extras.
   */
  readonly wheel: 'any-mpi' | 'serial' | 'none' | 'uv-backend' | 'other-name' | 'extra';
  /** The first release whose wheel behaves so. */
  readonly wheelFrom?: string;
  /** The extra by which one asks for what the serial wheel has not. */
  readonly parallelExtra?: string;
  /** Environment variables of the build, with places for what the site has: `{mpi.compiler}`, `{hdf5.prefix}`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** What its build backend is told (`--config-settings`). */
  readonly settings?: Readonly<Record<string, string>>;
  /** Packages that it must share the MPI with. */
  readonly alongside?: readonly string[];
  /** The library whose release (`3.20`) it must have itself. */
  readonly sameReleaseAs?: Coupling;
  /** From the newest CUDA. */
  readonly byCuda?: readonly { readonly major: number; readonly instead: string }[];
  /** A command that fails, or says so, where the wrong build was installed. */
  readonly check: string;
  readonly spack?: string;
  readonly conda?: string;
  /** A pattern of the names that sites give to a module of it. */
  readonly modules?: string;
  readonly source: string;
}

// JSON gives TypeScript a union of all shapes of the entries; site-coupled.test.ts holds them to this.
export const siteCoupled: readonly SiteCoupled[] = file.packages as readonly SiteCoupled[];
