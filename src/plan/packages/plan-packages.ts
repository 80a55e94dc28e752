import { type Result, success, VERSION } from '#base';
import { compareVersions, readVersion } from '#formats/requirement';
import { mpiPackages, mpiTitle, type SiteCoupled, siteCoupled } from '#knowledge';
import {
  type LibraryNeeds,
  type MpiNeeds,
  type PackageDecision,
  type PackagePlan,
  type SiteNeeds,
  siteKeyOf,
} from '#schema';
import { decideBuild } from './decide-build.ts';
import { decideCuda, decideNamedCuda } from './decide-cuda.ts';
import { decideWheelOfAnyMpi } from './decide-mpi.ts';
import { decision } from './decision.ts';
import { type Choice, nameMpi, type Target, targetOf } from './target.ts';
import type { Wanted } from './wanted.ts';

interface Question {
  readonly target: Target;
  readonly choice: Choice;
  readonly all: readonly Wanted[];
}

interface Answer {
  readonly decided: PackageDecision;
  /** Of the site, that a build uses. */
  readonly libraries: readonly LibraryNeeds[];
}

const alone = (decided: PackageDecision): Answer => ({ decided, libraries: [] });

/** Machines for which mpi4py has wheels. */
const WHEEL_MACHINES = ['x86_64', 'aarch64'];

function isOlder(version: string | undefined, first: string | undefined): boolean {
  const [own, from] = [readVersion(version ?? ''), readVersion(first ?? '')];
  return own !== undefined && from !== undefined && compareVersions(own, from) < 0;
}

/** Why its wheel cannot be taken, whatever the MPI. */
function withoutWheel(wanted: Wanted, { wheelFrom }: SiteCoupled, { target, choice }: Question): string | undefined {
  if (choice.rebuild.has(wanted.name)) return 'a build of your own was asked for';
  if (isOlder(wanted.version, wheelFrom)) return `its wheels begin with release ${wheelFrom}`;
  if (wanted.hasWheel === false) return 'there is no wheel of it for this Python and machine';
  const { machine } = target;
  return machine !== undefined && !WHEEL_MACHINES.includes(machine)
    ? `there is no wheel of it for ${machine}`
    : undefined;
}

function decideAnyMpi(wanted: Wanted, coupled: SiteCoupled, question: Question): Answer {
  const { target, choice, all } = question;
  const { mpi } = target;
  const why = withoutWheel(wanted, coupled, question);
  if (why !== undefined || !mpi) return decideBuild(wanted, coupled, target, why ?? 'it needs an MPI');
  const wheel = decideWheelOfAnyMpi(wanted, coupled, { ...target, mpi }, choice, all);
  return wheel ? alone(wheel) : decideBuild(wanted, coupled, target, `its wheel does not serve ${nameMpi(mpi)}`);
}

function decideSerial(wanted: Wanted, coupled: SiteCoupled, { target, choice }: Question): Answer {
  const { parallelExtra: extra } = coupled;
  const isParallel = choice.parallel.has(wanted.name) || (extra !== undefined && wanted.extras.includes(extra));
  if (isParallel) return decideBuild(wanted, coupled, target, 'its wheel has no MPI, and it is to work in parallel');
  if (choice.rebuild.has(wanted.name)) return alone(decision(wanted, 'rebuild', 'a build of your own was asked for'));
  const because = `its wheel works, without MPI: --parallel ${wanted.name} where ranks are to share files`;
  return alone(decision(wanted, 'wheel', because, { source: coupled.source }));
}

function decideCoupled(wanted: Wanted, coupled: SiteCoupled, question: Question): Answer {
  if (coupled.wheel === 'any-mpi') return decideAnyMpi(wanted, coupled, question);
  if (coupled.wheel === 'serial') return decideSerial(wanted, coupled, question);
  if (coupled.wheel === 'none')
    return decideBuild(wanted, coupled, question.target, 'there are no wheels of it on PyPI');
  return alone(decideCuda(wanted, coupled, question.target));
}

function decidePlain(wanted: Wanted, { choice, target }: Question): PackageDecision {
  if (target.mpi && mpiPackages.some(({ name }) => name === wanted.name)) {
    const because = `it brings an MPI of its own, which mpi4py would take in place of ${nameMpi(target.mpi)}`;
    return decision(wanted, 'leave-out', because);
  }
  if (choice.rebuild.has(wanted.name)) return decision(wanted, 'rebuild', 'a build of your own was asked for');
  if (wanted.hasWheel === false) {
    return decision(wanted, 'rebuild', 'there is no wheel of it for this Python and machine, only its source');
  }
  return decideNamedCuda(wanted, target) ?? decision(wanted, 'wheel', 'nothing of it is known to depend on the site');
}

function decide(wanted: Wanted, question: Question): Answer {
  const coupled = siteCoupled.find(({ name }) => name === wanted.name);
  return coupled ? decideCoupled(wanted, coupled, question) : alone(decidePlain(wanted, question));
}

/** Packages that must share the MPI with one that is built here, where nobody asked for them. */
function listMissing(answers: readonly Answer[], all: readonly Wanted[]): readonly Wanted[] {
  const built = answers.filter(({ decided }) => decided.from === 'rebuild').map(({ decided }) => decided.name);
  const needed = siteCoupled.filter(({ name }) => built.includes(name)).flatMap(({ alongside }) => alongside ?? []);
  return [...new Set(needed)]
    .filter((name) => !all.some((one) => one.name === name))
    .map((name) => ({ name, extras: [], isAsked: false }));
}

function describeMpi(mpi: MpiNeeds): NonNullable<PackagePlan['mpi']> {
  const { version, library, compiler, foundAs } = mpi;
  return {
    title: mpiTitle(mpi),
    library,
    isFound: foundAs.length > 0,
    ...(version !== undefined && { version }),
    ...(compiler !== undefined && { compiler }),
  };
}

/** By Spack's names of them: https://packages.spack.io */
const SPACK_NAMES: Readonly<Partial<Record<MpiNeeds['family'], string>>> = {
  openmpi: 'openmpi',
  mpich: 'mpich',
  intel: 'intel-oneapi-mpi',
  cray: 'cray-mpich',
};

function listExternals({ mpis, libraries }: Target): PackagePlan['externals'] {
  const all = [
    ...mpis.map(({ family, version, prefix, modules }) => ({
      name: SPACK_NAMES[family],
      version,
      prefix,
      modules,
      variants: '',
    })),
    ...libraries
      .filter(({ mpi }) => mpi !== undefined && mpi !== 'unknown')
      .map(({ mpi, ...library }) => ({ ...library, variants: mpi === 'none' ? '~mpi' : '+mpi' })),
  ];
  return all.flatMap(({ name, version, prefix, modules, variants }) =>
    name !== undefined && version !== undefined && prefix !== undefined
      ? [{ name, version, prefix, variants, modules: [...modules] }]
      : [],
  );
}

/** Where each package comes from at a site, the cheapest way that works. */
export function planPackages(wanted: readonly Wanted[], site: SiteNeeds, choice: Choice): Result<PackagePlan> {
  const found = targetOf(site, choice);
  if (!found.ok) return found;
  const target = found.value;
  const question: Question = { target, choice, all: wanted };
  const first = wanted.map((one) => decide(one, question));
  const answers = [...first, ...listMissing(first, wanted).map((one) => decide(one, question))];
  const { partitions, machine, glibc, gpu, mpi, start } = target;
  const libraries = answers.flatMap((answer) => answer.libraries);
  return success({
    kind: 'pharos-package-plan',
    version: 1,
    tool: { name: 'pharos', version: VERSION },
    site: site.name,
    partitions: [...partitions],
    ...(machine !== undefined && { machine }),
    ...(glibc !== undefined && { glibc }),
    ...(gpu && { gpu }),
    ...(mpi && { mpi: describeMpi(mpi) }),
    ...(start && { start }),
    modules: [...new Set([mpi?.modules ?? [], ...libraries.map(({ modules }) => modules)].flat())],
    siteKey: siteKeyOf({ ...target, libraries }),
    externals: listExternals(target),
    decisions: answers.map(({ decided }) => decided),
    notes: [...target.notes, ...unstartable(target)],
  });
}

function unstartable({ mpi, start }: Target): string[] {
  return mpi && !start ? [`no launcher was seen that starts jobs of ${nameMpi(mpi)} as one`] : [];
}
