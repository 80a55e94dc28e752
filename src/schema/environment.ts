import * as z from 'zod';
import { ImportTrial } from './import-trial.ts';
import { MpiFamily } from './recording/step-facts.ts';
import { SiteNeeds } from './site-needs.ts';

// What an environment contains, as read of its files: nothing of it was run. Paths are of the machine it was read on.

const count = z.int().nonnegative();

/** Newest version of the inventory's format. */
export const ENVIRONMENT_VERSION = 1;

/** A folder of `sys.path` that distributions are in, in the order in which Python looks. */
export const SiteFolder = z.object({
  path: z.string(),
  /** `own`: of the environment itself; `base`: of the Python it was made from, or the system's. */
  origin: z.enum(['pythonpath', 'own', 'pth', 'user', 'base', 'archive']),
});
export type SiteFolder = z.infer<typeof SiteFolder>;

export const Distribution = z.object({
  name: z.string(),
  version: z.string(),
  /** The folder it is installed in, an index into `sites`. */
  site: count,
  /** Its metadata folder's name. */
  metadata: z.string(),
  /** What put it there: `pip`, `uv`, `conda`. */
  installer: z.string().optional(),
  /** As in `WHEEL`. */
  generator: z.string().optional(),
  /** Platform tags of the wheel; `linux_x86_64` of one that was built here, `manylinux_…` of a published one. */
  platforms: z.array(z.string()),
  pythons: z.array(z.string()),
  abis: z.array(z.string()),
  requiresPython: z.string().optional(),
  requires: z.array(z.string()),
  /** From where it came, when not by its name from an index. */
  origin: z.object({ url: z.string(), kind: z.string(), isEditable: z.boolean() }).optional(),
  /** Environment variables of uv's build of it. */
  buildVariables: z.record(z.string(), z.string()).optional(),
  /** Whether it says which files are its own. */
  hasRecord: z.boolean(),
  /** Files of its RECORD, in its folder of packages and no bytecode, that are not there; absent: none. */
  gone: z
    .object({
      files: count,
      /** Sources and native files outside of folders of tests. */
      code: count,
      /** As many as it records there. */
      listed: count,
      some: z.array(z.string()),
    })
    .optional(),
  /** Of a wheel that is not installed: what its file name says, by which installers choose it. */
  named: z
    .object({
      file: z.string(),
      name: z.string(),
      version: z.string(),
      platforms: z.array(z.string()),
      pythons: z.array(z.string()),
      abis: z.array(z.string()),
    })
    .optional(),
});
export type Distribution = z.infer<typeof Distribution>;

/** A shared library, extension module or program, as its ELF header and dynamic section tell. */
export const NativeObject = z.object({
  path: z.string(),
  /** Where links lead; absent where that is the path. */
  realPath: z.string().optional(),
  /** The path of the object of which it is only another name: the loader has one of them. */
  aliasOf: z.string().optional(),
  kind: z.enum(['extension', 'bundled', 'library']),
  /** An index into `distributions`. */
  distribution: count.optional(),
  bytes: count,
  machine: count,
  bits: z.union([z.literal(32), z.literal(64)]),
  order: z.enum(['little', 'big']),
  soname: z.string().optional(),
  needed: z.array(z.string()),
  rpath: z.string().optional(),
  runpath: z.string().optional(),
  flags: z.array(z.string()),
  versionsNeeded: z.array(z.object({ file: z.string(), versions: z.array(z.string()) })),
  versionsDefined: z.array(z.string()),
  glibc: z.string().optional(),
  /** Levels of x86-64 that its note asks for; most files have none. */
  isaNeeded: z.array(z.string()).optional(),
  buildId: z.string().optional(),
  /** The MPI that it was built for, by symbols that it wants; `any`: neither they nor the libraries that it needs tell. */
  mpi: z.enum(['openmpi', 'mpich', 'standard-abi', 'any']).optional(),
});
export type NativeObject = z.infer<typeof NativeObject>;

/** A package that conda installed. */
export const CondaPackage = z.object({
  name: z.string(),
  version: z.string(),
  build: z.string(),
  channel: z.string().optional(),
});

export const Environment = z.object({
  kind: z.literal('pharos-environment'),
  version: z.literal(ENVIRONMENT_VERSION),
  /** Where it is; of a library developer's wheels the first one. */
  place: z.string(),
  form: z.enum(['venv', 'conda', 'prefix', 'folder', 'wheels']),
  python: z
    .object({
      version: z.string().optional(),
      /** Of the Python that the environment was made from. */
      basePrefix: z.string().optional(),
      executable: z.string().optional(),
      /** False: links lead to nothing. */
      isThere: z.boolean().optional(),
      withSystemSites: z.boolean(),
    })
    .optional(),
  sites: z.array(SiteFolder),
  distributions: z.array(Distribution),
  objects: z.array(NativeObject),
  conda: z.array(CondaPackage),
  /** Files that the RECORD of two distributions, indices into `distributions`, have with different content; absent: none. */
  overlaps: z
    .array(
      z.object({
        distributions: z.tuple([count, count]),
        files: count,
        natives: count,
        /** `stands`: whose it is by its size, where that tells. */
        some: z.array(z.object({ path: z.string(), stands: count.optional() })),
      }),
    )
    .optional(),
  /** Libraries of one SONAME of which a copy lacks symbols that users of another one need; absent: none. */
  unlike: z
    .array(
      z.object({
        soname: z.string(),
        copies: z.array(
          z.object({
            path: z.string(),
            /** The first few of `lacking`, each with a file that needs it. */
            lacks: z.array(z.object({ symbol: z.string(), user: z.string() })),
            lacking: count,
          }),
        ),
      }),
    )
    .optional(),
  /** Files below the folders of distributions. */
  files: count,
  folders: count,
  /** What could not be read, and why: the rest stands. */
  unknown: z.array(z.object({ what: z.string(), because: z.string() })),
});
export type Environment = z.infer<typeof Environment>;

/** Which copy of a library an object gets, by the rule that found it. */
export const Link = z.object({
  name: z.string(),
  /** Absent where the loader finds none. */
  path: z.string().optional(),
  rule: z.enum(['loaded', 'path', 'rpath', 'library-path', 'runpath', 'cache', 'default', 'none']),
});
export type Link = z.infer<typeof Link>;

/** How the dynamic loader of one machine would link an environment: each extension module alone in a new process of its Python. */
export const Linkage = z.object({
  /** The interpreter's program, and the version of glibc whose loader it has. */
  program: z.string(),
  glibc: z.string(),
  /** Of ELF: e_machine and class of the program. */
  machine: count,
  bits: z.union([z.literal(32), z.literal(64)]),
  /** Levels of x86-64 beyond the baseline that this machine has, as its loader says. */
  levels: z.array(z.string()),
  /** By the path of the object that needs it. */
  objects: z.array(z.object({ path: z.string(), links: z.array(Link) })),
  /** What was found outside of the environment. */
  outside: z.array(
    z.object({
      path: z.string(),
      soname: z.string().optional(),
      versionsDefined: z.array(z.string()),
      /** Of an MPI library, by its symbols. */
      mpi: MpiFamily.optional(),
    }),
  ),
  /** MPI libraries that the loader of this machine finds by their names; absent: none. */
  mpi: z.array(z.object({ path: z.string(), name: z.string(), family: MpiFamily })).optional(),
  /** Entries of LD_LIBRARY_PATH. */
  libraryPath: z.array(z.string()),
});
export type Linkage = z.infer<typeof Linkage>;

/** What an environment is asked about. */
export const environmentArtifacts = {
  ...{ environment: Environment, linkage: Linkage },
  ...{ site: SiteNeeds, trial: ImportTrial },
} as const;

export interface EnvironmentArtifacts {
  environment: Environment;
  linkage: Linkage;
  /** Where the user names a file of it. */
  site: SiteNeeds;
  /** Where the user names modules. */
  trial: ImportTrial;
}
