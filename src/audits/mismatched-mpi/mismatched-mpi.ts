import { type Artifacts, type Finding, MPI_NAMES, type MpiFamily, type Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import {
  builtForOneMpi,
  byBringer,
  isMpiItself,
  mpiAbiOf,
  type NativeObject,
  ofThisMachine,
  rebuildCommand,
} from '../environment-objects.ts';
import { factEvidence, fileEvidence } from '../evidence.ts';
import { verdictOf } from '../verdict-of.ts';

type Linkage = Artifacts['linkage'];

export const mismatchedMpi = defineAudit({
  id: 'mismatched-mpi',
  category: 'packaging',
  question: 'Does each package get an MPI with the ABI that it was built for?',
  needs: ['environment', 'linkage'],

  answer({ environment, linkage }): Verdict {
    const users = builtForOneMpi(ofThisMachine(environment, linkage));
    if (users.length === 0) return { kind: 'inapplicable', because: 'no package was built for one MPI alone' };
    const taken = mpiTaken(linkage);
    const findings = [...byBringer(environment, users)].flatMap(([bringer, objects]) => {
      const wrong = objects.filter(({ path, mpi }) => isAnother(mpi, taken.get(path)?.family));
      const [first] = wrong;
      const library = first && taken.get(first.path);
      if (first?.mpi && library) return [mismatch(bringer, wrong, first.mpi, library)];
      const name = objects.flatMap(({ needed }) => needed).find(isUnstable);
      return name === undefined ? [] : [unstable(bringer, objects, name)];
    });
    return verdictOf(findings);
  },
});

interface Taken {
  readonly path: string;
  readonly family: MpiFamily;
}

/** By the path of an object, the MPI library that it gets, where its family is known. */
function mpiTaken({ objects, outside }: Linkage): ReadonlyMap<string, Taken> {
  const families = new Map(outside.flatMap(({ path, mpi }) => (mpi ? [[path, mpi] as const] : [])));
  return new Map(
    objects.flatMap(({ path, links }) => {
      const link = links.find(
        ({ name, path: found }) => isMpiItself(name) && found !== undefined && families.has(found),
      );
      const family = families.get(link?.path ?? '');
      return link?.path !== undefined && family ? [[path, { path: link.path, family }] as const] : [];
    }),
  );
}

function isAnother(built: NativeObject['mpi'], family: MpiFamily | undefined): boolean {
  const abi = family && mpiAbiOf(family);
  return built !== undefined && built !== 'any' && abi !== undefined && abi !== built;
}

/** Of builds from a development branch: `0:0:0` of libtool promises nothing. */
const isUnstable = (name: string): boolean => /^libmpi(?:_abi)?\.so\.0$/.test(name);

const BUILT_FOR = { openmpi: 'Open MPI', mpich: 'MPICH', 'standard-abi': 'the MPI standard ABI', any: 'some MPI' };

const files = (objects: readonly NativeObject[]) =>
  fileEvidence(
    'files that use MPI',
    objects.map(({ path }) => ({ path })),
  );

const mismatch = (
  bringer: string,
  objects: readonly NativeObject[],
  built: keyof typeof BUILT_FOR,
  { path, family }: Taken,
): Finding => ({
  message: `${bringer} was built for ${BUILT_FOR[built]}, and gets ${path}, which is ${MPI_NAMES[family]} by its symbols`,
  severity: 'error',
  confidence: 'certain',
  harm: 'crash',
  fixer: 'user',
  fix: `Load the MPI that it was built with, or build it again with this one: ${rebuildCommand(bringer)}`,
  check: 'this audit passes',
  subject: bringer,
  evidence: [
    factEvidence({ 'built for': BUILT_FOR[built], taken: path, 'which is': MPI_NAMES[family] }),
    files(objects),
  ],
});

const unstable = (bringer: string, objects: readonly NativeObject[], name: string): Finding => ({
  message: `${bringer} was built with a development version of an MPI, ${name}, whose ABI no other build has to have`,
  severity: 'warning',
  confidence: 'likely',
  harm: 'crash',
  fixer: 'user',
  fix: `Build it again with a release: ${rebuildCommand(bringer)}`,
  check: 'this audit passes',
  subject: bringer,
  evidence: [factEvidence({ needed: name }), files(objects)],
});
