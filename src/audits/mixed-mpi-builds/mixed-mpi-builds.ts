import { type Artifacts, type Finding, mayMeet, type Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { bringerOf, builtForOneMpi, type NativeObject } from '../environment-objects.ts';
import { factEvidence, fileEvidence } from '../evidence.ts';
import { nameSome } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

type Environment = Artifacts['environment'];

/** SONAMEs alone lie: Open MPI 1.10 had `libmpi.so.12` as well. */
const FAMILIES: readonly (readonly [RegExp, string])[] = [
  [/^libmpi\.so\.(?:1|20|40|80)$/, 'Open MPI'],
  [/^libmpi\.so\.12$|^libmpich\.so\.\d+$|^libmpi_(?:gnu|cray|intel|nvidia|aocc|amd)(?:_\d+)?\.so\.12$/, 'MPICH'],
  [/^libmpi_abi\.so\.\d+$/, 'the MPI standard ABI'],
];
const BUILT_FOR = { openmpi: 'Open MPI', mpich: 'MPICH', 'standard-abi': 'the MPI standard ABI', any: undefined };

const familyOf = ({ needed, mpi }: NativeObject): string | undefined =>
  mpi
    ? BUILT_FOR[mpi]
    : needed.map((name) => FAMILIES.find(([pattern]) => pattern.test(name))?.[1]).find((one) => one !== undefined);

export const mixedMpiBuilds = defineAudit({
  id: 'mixed-mpi-builds',
  category: 'packaging',
  question: 'Were all packages built for the same MPI?',
  needs: ['environment'],

  answer({ environment }): Verdict {
    const users = builtForOneMpi(environment.objects);
    const byFamily = new Map<string, NativeObject[]>();
    for (const object of users) {
      const family = familyOf(object);
      if (family !== undefined) byFamily.set(family, [...(byFamily.get(family) ?? []), object]);
    }
    if (byFamily.size === 0) return { kind: 'inapplicable', because: 'no package was built for one MPI alone' };
    if (!meet(environment, byFamily)) return { kind: 'pass' };
    return verdictOf([findingOf(byFamily, environment)]);
  },
});

/** Whether files for different MPI can be in one environment. */
function meet(environment: Environment, byFamily: ReadonlyMap<string, readonly NativeObject[]>): boolean {
  const all = [...byFamily.values()].map(oneOfEach);
  return all.some((some, at) =>
    all.slice(at + 1).some((more) => some.some((a) => more.some((b) => mayMeet(environment, a, b)))),
  );
}

/** One file of each distribution: which Python they are for is the distribution's. */
const oneOfEach = (objects: readonly NativeObject[]): readonly NativeObject[] => [
  ...new Map(objects.map((object) => [object.distribution, object])).values(),
];

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
