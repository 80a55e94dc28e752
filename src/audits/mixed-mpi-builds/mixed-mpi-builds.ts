import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { bringerOf, type NativeObject } from '../environment-objects.ts';
import { factEvidence, fileEvidence } from '../evidence.ts';
import { nameSome } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

type Environment = Artifacts['environment'];

/** SONAMEs decide only where they are of one family: Open MPI 1.10 had `libmpi.so.12` as well, and MPICH's symbols are not read here. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^libmpi\.so\.(?:1|20|40|80)$/, 'Open MPI'],
  [/^libmpi\.so\.12$|^libmpich\.so\.\d+$|^libmpi_(?:gnu|cray|intel|nvidia|aocc|amd)(?:_\d+)?\.so\.12$/, 'MPICH'],
  [/^libmpi_abi\.so\.\d+$/, 'the MPI standard ABI'],
];
/** mpi4py's wheels have one module for each ABI, of which one is taken. */
const ONE_OF_SEVERAL = /\/mpi4py\/MPI\.(?:mpich|openmpi|mpiabi|impi)\.[^/]*$/;

const familyOf = ({ needed }: NativeObject): string | undefined =>
  needed.map((name) => FAMILIES.find(([pattern]) => pattern.test(name))?.[1]).find((family) => family !== undefined);

export const mixedMpiBuilds = defineAudit({
  id: 'mixed-mpi-builds',
  category: 'packaging',
  question: 'Were all packages built for the same MPI?',
  needs: ['environment'],

  answer({ environment }): Verdict {
    const users = environment.objects.filter((object) => !ONE_OF_SEVERAL.test(object.path) && !isOfMpi(object));
    const byFamily = new Map<string, NativeObject[]>();
    for (const object of users) {
      const family = familyOf(object);
      if (family !== undefined) byFamily.set(family, [...(byFamily.get(family) ?? []), object]);
    }
    if (byFamily.size === 0) return { kind: 'inapplicable', because: 'no package was built for one MPI alone' };
    if (byFamily.size === 1) return { kind: 'pass' };
    return verdictOf([findingOf(byFamily, environment)]);
  },
});

/** The parts of an MPI need each other. */
const isOfMpi = ({ path }: NativeObject) =>
  /^lib(?:p?mpi|open-|mca_|pmi|oshmem)/.test(path.slice(path.lastIndexOf('/') + 1));

function findingOf(byFamily: ReadonlyMap<string, readonly NativeObject[]>, environment: Environment): Finding {
  const sides = [...byFamily].map(([family, objects]) => {
    const bringers = [...new Set(objects.map((object) => bringerOf(environment, object)))];
    return `${nameSome(bringers)} for ${family}`;
  });
  return {
    message: `packages of this environment were built for different MPI: ${sides.join('; ')}`,
    severity: 'error',
    confidence: 'likely',
    harm: 'crash',
    fixer: 'user',
    fix: 'Build those that differ again with the MPI of the launcher loaded: python -m pip install --no-cache-dir --force-reinstall --no-binary',
    check: 'this audit passes',
    subject: [...byFamily.keys()].sort().join(' + '),
    evidence: [
      factEvidence(Object.fromEntries([...byFamily].map(([family, objects]) => [family, `${objects.length} files`]))),
      ...[...byFamily].map(([family, objects]) =>
        fileEvidence(
          `built for ${family}`,
          objects.map(({ path, needed }) => ({
            path,
            note: needed.filter((name) => name.includes('mpi')).join(', '),
          })),
        ),
      ),
    ],
  };
}
