import { type Artifacts, type Finding, MPI_NAMES, type Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { bringerOf, isMpiItself, type NativeObject } from '../environment-objects.ts';
import { factEvidence, fileEvidence } from '../evidence.ts';
import { nameSome } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

type Environment = Artifacts['environment'];
type Partition = Artifacts['site']['partitions'][number];

export const ownMpi = defineAudit({
  id: 'own-mpi',
  category: 'packaging',
  question: 'Does the environment leave MPI to the site?',
  needs: ['environment', 'site'],

  answer({ environment, site }): Verdict {
    const own = environment.objects.filter(
      ({ kind, soname, aliasOf }) => kind !== 'extension' && aliasOf === undefined && isMpiItself(soname ?? ''),
    );
    if (own.length === 0) return { kind: 'pass' };
    // Others are linked to their MPI: which copy they get, the loader decides.
    if (!environment.distributions.some(({ name }) => name.toLowerCase() === 'mpi4py')) {
      return { kind: 'inapplicable', because: 'mpi4py is not in it' };
    }
    const withMpi = site.partitions.filter(({ isLogin, mpis }) => !isLogin && mpis.length > 0);
    if (withMpi.length === 0) return { kind: 'inapplicable', because: 'no MPI was seen on partitions of the site' };
    return verdictOf([findingOf(environment, own, withMpi)]);
  },
});

/** Of a file that no distribution has: conda's package of the MPI, where there is one. */
function broughtBy(environment: Environment, object: NativeObject): string {
  if (object.distribution !== undefined) return bringerOf(environment, object);
  const package_ = environment.conda.find(({ name }) => /^(?:openmpi|mpich|impi_rt|mvapich)$/.test(name));
  return package_ ? `${package_.name} ${package_.version} of conda` : 'it';
}

function tellSiteMpi({ mpis }: Partition): string {
  const told = mpis.map(({ family, version = '' }) => `${MPI_NAMES[family]} ${version}`.trim());
  return nameSome([...new Set(told)]);
}

function findingOf(environment: Environment, own: readonly NativeObject[], withMpi: readonly Partition[]): Finding {
  const bringers = [...new Set(own.map((object) => broughtBy(environment, object)))];
  const [first] = withMpi;
  const names = bringers.map((bringer) => bringer.split(' ')[0] ?? '');
  // Only of these conda-forge has builds without a library.
  const isConda = names.every((name) => environment.conda.some((one) => one.name === name && /mpi(?:ch)?$/.test(name)));
  const leave = isConda
    ? `take the build of it that stands for the MPI of the site: conda install "${names[0]}=*=external_*"`
    : `python -m pip uninstall ${names.join(' ')}`;
  return {
    message: `the environment has an MPI of its own, of ${nameSome(bringers)}, and mpi4py takes it before that of the site (${first ? tellSiteMpi(first) : ''}): it knows neither the network nor, as a rule, the launcher`,
    severity: 'warning',
    confidence: 'likely',
    harm: 'cost',
    fixer: 'user',
    fix: `Leave MPI to the site: ${leave}, or name the site's library: export MPI4PY_LIBMPI=LIBRARY`,
    check: 'this audit passes, and pharos env names the MPI of the site for mpi4py',
    subject: nameSome(names),
    evidence: [
      fileEvidence(
        'its own',
        own.map(({ path, soname }) => ({ path, ...(soname === undefined ? {} : { note: soname }) })),
      ),
      factEvidence(
        Object.fromEntries(withMpi.map((partition) => [`in partition ${partition.name}`, tellSiteMpi(partition)])),
      ),
    ],
  };
}
