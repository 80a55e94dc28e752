import { type Artifacts, type Finding, MPI_NAMES, type Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { builtForOneMpi, byBringer, isMpiItself, type NativeObject, namesInside } from '../environment-objects.ts';
import { factEvidence, fileEvidence } from '../evidence.ts';
import { isPlainName, nameSome } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

type Partition = Artifacts['site']['partitions'][number];

export const partitionWithoutMpi = defineAudit({
  id: 'partition-without-mpi',
  category: 'packaging',
  question: 'Does every partition have the MPI that packages were built for?',
  needs: ['environment', 'site'],

  answer({ environment, site }): Verdict {
    const inside = namesInside(environment);
    const users = builtForOneMpi(environment.objects).filter((object) => nameNeeded(object, inside) !== undefined);
    if (users.length === 0) return { kind: 'inapplicable', because: 'no package was built for one MPI of a site' };
    const told = site.partitions.filter(({ isLogin }) => !isLogin);
    const findings: Finding[] = [];
    const notes: string[] = [];
    for (const [bringer, objects] of byBringer(environment, users)) {
      const name = objects.map((object) => nameNeeded(object, inside)).find((one) => one !== undefined) ?? '';
      const without = told.filter(({ mpis }) => !mpis.some((mpi) => answersTo(mpi, name)));
      if (without.length > 0) findings.push(findingOf({ bringer, objects, name, without }));
      notes.push(...told.flatMap((partition) => modulesFor(partition, bringer, name)));
    }
    return verdictOf(findings, [...new Set(notes)]);
  },
});

const nameNeeded = ({ needed }: NativeObject, inside: ReadonlySet<string>): string | undefined =>
  needed.find((name) => isMpiItself(name) && !inside.has(name));

const answersTo = ({ soname, foundAs }: Partition['mpis'][number], name: string): boolean =>
  soname === name || foundAs.includes(name);

/** Where it is found by name without a module, nothing has to be loaded. */
function modulesFor({ name: partition, mpis }: Partition, bringer: string, name: string): string[] {
  const fitting = mpis.filter((mpi) => answersTo(mpi, name));
  const [first] = fitting;
  const modules = first?.modules ?? [];
  if (!first || modules.length === 0 || fitting.some(({ foundAs }) => foundAs.includes(name))) return [];
  return [`in partition ${partition}, ${bringer} finds ${name} once ${modules.join(' ')} is loaded`];
}

interface Lacking {
  readonly bringer: string;
  readonly objects: readonly NativeObject[];
  readonly name: string;
  readonly without: readonly Partition[];
}

function findingOf({ bringer, objects, name, without }: Lacking): Finding {
  const partitions = nameSome(without.map((partition) => partition.name));
  const offered = [...new Set(without.flatMap(({ mpis }) => mpis.map(({ family }) => MPI_NAMES[family])))];
  const what = offered.length > 0 ? `only ${nameSome(offered)} under other names` : 'no MPI at all';
  return {
    message: `${bringer} was built for an MPI with ${name}; in ${without.length === 1 ? 'partition' : 'partitions'} ${partitions} there was ${what}`,
    // A library that no probe saw may still be there.
    severity: 'warning',
    confidence: 'likely',
    harm: 'crash',
    fixer: 'user',
    fix: `Plan it for these partitions: pharos plan packages ${isPlainName(bringer.split(' ')[0] ?? '') ? bringer.split(' ')[0] : 'PACKAGE'} --site SITE --partition ${isPlainName(without[0]?.name ?? '') ? without[0]?.name : 'PARTITION'}`,
    check: 'this audit passes with the same site file',
    subject: bringer,
    evidence: [
      factEvidence({
        needed: name,
        ...Object.fromEntries(
          without.map((partition) => [
            `in ${partition.name}`,
            nameSome(
              partition.mpis.map(({ family, version = '', soname = '' }) =>
                `${MPI_NAMES[family]} ${version} ${soname}`.trim(),
              ),
              6,
            ) || 'no MPI was seen',
          ]),
        ),
      }),
      fileEvidence(
        'files that use MPI',
        objects.map(({ path }) => ({ path })),
      ),
    ],
  };
}
