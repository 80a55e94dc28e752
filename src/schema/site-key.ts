import type { LibraryNeeds, MpiNeeds, PartitionNeeds } from './site-needs.ts';

// What a build was made against, in words that a person can compare: it is noted in builds, and held against a site later.

const named = (words: readonly (string | undefined)[]): string => words.filter((word) => word !== undefined).join(' ');
const mpiPart = ({ family, version, library, compiler }: MpiNeeds) => named([family, version, library, compiler]);
const libraryPart = ({ name, version, prefix }: LibraryNeeds) => named([name, version, prefix]);

export interface BuiltAgainst {
  readonly machine?: string | undefined;
  readonly mpi?: MpiNeeds | undefined;
  readonly libraries: readonly LibraryNeeds[];
}

/** The key of a build for one machine and MPI. */
export function siteKeyOf({ machine, mpi, libraries }: BuiltAgainst): string {
  const parts = [machine, mpi && mpiPart(mpi), ...new Set(libraries.map(libraryPart))];
  return parts.filter((part) => part !== undefined).join(', ');
}

/** Parts of a key that a partition has not, or not any more. */
export function missingOfKey(key: string, { machine, mpis, libraries }: PartitionNeeds): string[] {
  const has = new Set([machine, ...mpis.map(mpiPart), ...libraries.map(libraryPart)]);
  return key.split(', ').filter((part) => !has.has(part));
}
