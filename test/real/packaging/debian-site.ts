import { existsSync, realpathSync } from 'node:fs';
import { run } from '../run.ts';

// Debian 12 with both of its MPIs and the HDF5 of each: what a site file would say of this machine.

const LIBRARIES = '/usr/lib/x86_64-linux-gnu';

/** `4.1.4` of `4.1.4-3+b1`: the version of a package that is installed. */
function versionOf(name: string): string {
  const { stdout } = run(['dpkg-query', '--show', '--showformat', `\${Version}`, name]);
  return /^(?:\d+:)?([\d.]+)/.exec(stdout)?.[1] ?? '';
}

/** Names of MPI libraries in ld.so.cache that lead to this file. */
function namesOf(library: string): string[] {
  const lines = run(['/sbin/ldconfig', '-p']).stdout.matchAll(/^\s+(libmpi\.so\S*) .* => (\S+)$/gm);
  return [...lines].flatMap(([, name = '', path = '']) => (realpathSync(path) === library ? [name] : []));
}

export const families = ['openmpi', 'mpich'] as const;
export type Family = (typeof families)[number];

const KITS = {
  openmpi: {
    soname: 'libmpi.so.40',
    needed: ['libopen-rte.so.40'],
    package: 'libopenmpi-dev',
    launcher: 'mpirun.openmpi',
  },
  mpich: { soname: 'libmpich.so.12', needed: ['libc.so.6'], package: 'libmpich-dev', launcher: 'mpiexec.hydra' },
} as const;

function mpiOf(family: Family) {
  const { soname, needed, package: name, launcher } = KITS[family];
  const library = realpathSync(`${LIBRARIES}/${soname}`);
  return {
    ...{ family, soname, needed, library, prefix: '/usr', version: versionOf(name) },
    ...{ compiler: `/usr/bin/mpicc.${family}`, launcher: `/usr/bin/${launcher}` },
    ...{ modules: [`trial-${family}/1`], foundAs: namesOf(library) },
  };
}

const hdf5Of = (family: Family) => ({
  name: 'hdf5',
  version: versionOf(`libhdf5-${family}-dev`),
  prefix: `${LIBRARIES}/hdf5/${family}`,
  mpi: family,
});

/** What of it is missing, of files that the Debian packages bring. */
export function lacksOfSite(): string[] {
  const files = families.flatMap((family) => [
    `/usr/bin/mpicc.${family}`,
    `/usr/bin/${KITS[family].launcher}`,
    `${LIBRARIES}/hdf5/${family}/include/hdf5.h`,
  ]);
  return files.filter((file) => !existsSync(file));
}

export const debianSite = () => ({
  kind: 'pharos-site',
  version: 1,
  name: 'debian-12',
  partitions: {
    local: {
      machine: 'x86_64',
      glibc: '2.36',
      mpis: families.map(mpiOf),
      libraries: families.map(hdf5Of),
      gpu: { kind: 'none' },
    },
  },
});
