import { formatCountOf, shellPath } from '#base';
import { fitOf, launcherOf, type MpiFit, mpiTitle } from '#knowledge';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { type MpiInUse, mpiFound, mpiLoaded, normalName, usesMpi } from '../mpi-in-use.ts';
import { type RankClass, rankClasses } from '../rank-classes.ts';
import { verdictOf } from '../verdict-of.ts';

const NEEDS = ['step', 'world', 'loaded', 'found'] as const;
type Needed = Pick<Artifacts, (typeof NEEDS)[number]>;
type Launched = Artifacts['world']['launched'][number]['value'];
type Class = RankClass<{
  readonly launched: Launched | undefined;
  readonly mpi: Artifacts['world']['mpi'][number]['value'] | undefined;
  readonly loaded: Artifacts['loaded']['groups'][number]['value'] | undefined;
  readonly found: Artifacts['found']['groups'][number]['value'] | undefined;
}>;
type Apart = Extract<MpiFit, { kind: 'apart' }>;

export const foreignMpi = defineAudit({
  id: 'foreign-mpi',
  category: 'packaging',
  question: 'Is the MPI library one whose ranks this launcher can make one job?',
  needs: NEEDS,

  answer(artifacts): Verdict {
    const { world, loaded, found, step } = artifacts;
    if (step.expected.ranks === 1) return { kind: 'inapplicable', because: 'the launcher started one rank' };
    const classes = rankClasses({
      launched: world.launched,
      mpi: world.mpi,
      loaded: loaded.groups,
      found: found.groups,
    });
    const answers = classes.map((one) => answerFor(one, artifacts));
    const findings = answers.flatMap((one) => (one.kind === 'fail' ? one.findings : []));
    if (findings.length > 0) return verdictOf(merged(findings));
    // What is not known of one rank is not known of the step.
    const [first] = answers;
    return (
      answers.find(({ kind }) => kind === 'unknown') ?? answers.find(({ kind }) => kind === 'pass') ?? first ?? NONE
    );
  },
});

const NONE: Verdict = { kind: 'unknown', because: 'no rank was heard' };

function answerFor(one: Class, artifacts: Needed): Verdict {
  const { launched, mpi, loaded, found } = one.values;
  if (mpi?.state === 'initialized' || mpi?.state === 'finalized') {
    if ((mpi.size ?? 1) > 1) return { kind: 'pass' };
    return { kind: 'inapplicable', because: 'MPI was initialized, and says itself how many ranks it has' };
  }
  const [library, ...others] = [...mpiLoaded(loaded, found), ...mpiFound(found)];
  if (library?.state !== 'loaded' && !usesMpi(found)) {
    return found
      ? { kind: 'inapplicable', because: 'no package that uses MPI is loaded or found' }
      : { kind: 'unknown', because: 'what is in the environment was not recorded' };
  }
  if (!library)
    return { kind: 'unknown', because: 'a package that uses MPI is there, and no MPI library was found for it' };
  if (!launched) return { kind: 'unknown', because: 'what launched the ranks was not recorded' };
  const fit = fitOf(launched, library);
  if (fit.kind === 'unknown') return { kind: 'unknown', because: `${library.path}: ${fit.because}` };
  if (fit.kind === 'one-world') return { kind: 'pass', notes: [`${fit.because}, so its ranks become one job`] };
  const fitting = others.find((other) => fitOf(launched, other).kind === 'one-world');
  return verdictOf([findingOf({ ranks: one.ranks, launched, library, fit, fitting, found }, artifacts)]);
}

interface Misfit {
  readonly ranks: readonly number[];
  readonly launched: Launched;
  readonly library: MpiInUse;
  readonly fit: Apart;
  /** Another one of this environment that would do. */
  readonly fitting: MpiInUse | undefined;
  readonly found: Class['values']['found'];
}

function findingOf(misfit: Misfit, artifacts: Needed): Finding {
  const { step } = artifacts;
  const { launched, library, fit } = misfit;
  const launcher = launcherOf(launched)?.title ?? step.launcher;
  const tasks = formatCountOf(step.expected.ranks, 'task');
  const when = library.state === 'loaded' ? '' : ' once MPI is imported';
  return {
    message: `${tasks} would not be one job${when}, but ${endText(fit)}: ${fit.because}; the library is ${library.path}`,
    severity: severityOf(misfit, artifacts),
    confidence: 'likely',
    harm: fit.ends === 'abort' ? 'crash' : 'wrong-data',
    fixer: 'user',
    fix: fixOf(misfit),
    check: `the same launch line with \`python -c "from mpi4py import MPI; print(MPI.COMM_WORLD.size)"\` prints ${step.expected.ranks} in every task`,
    subject: library.path,
    evidence: [
      factEvidence({
        [library.state === 'loaded' ? 'library loaded' : 'library found first']: library.path,
        'what it is, by its symbols': mpiTitle(library),
        ...(library.version ? { version: library.version } : {}),
        ...(library.distribution
          ? { 'brought by': `${library.distribution.name} ${library.distribution.version}` }
          : {}),
        'launched by': launcher,
        'programs above the ranks': launched.startedBy.join(' < ') || 'none recognised',
        'ways offered to find the other ranks': launched.offers.join(', ') || 'none',
        ...(launched.slurmMpi ? { SLURM_MPI_TYPE: launched.slurmMpi } : {}),
        ...(misfit.fitting ? { 'another that would do': misfit.fitting.path } : {}),
      }),
    ],
  };
}

/** Where a command ran and did not touch MPI, the job may not either; where no rank was heard and some failed, this may be why. */
function severityOf({ library }: Misfit, { step: { command, ended }, world }: Needed): Finding['severity'] {
  if (library.state === 'loaded') return 'error';
  if (!command) return 'warning';
  const failed = ended.some(({ value }) => (value.status ?? 1) !== 0);
  return failed && world.mpi.length === 0 ? 'error' : 'note';
}

function endText({ ends }: Apart): string {
  if (ends === 'singletons') return 'each rank 0 of 1';
  if (ends === 'abort') return 'end in MPI_Init';
  if (ends === 'mixed') return 'end in MPI_Init, or several with the same number';
  return 'each rank 0 of 1, or end in MPI_Init';
}

function fixOf({ library, fit, fitting, found }: Misfit): string {
  if (!fitting) return fit.fix;
  const { distribution } = library;
  if (distribution) {
    return `Run \`python -m pip uninstall ${normalName(distribution.name)}\` in the environment, so that ${fitting.path} is found, which fits this launcher`;
  }
  // Only mpi4py's wheel, which is built for several, chooses when it is imported.
  if (found?.mpi4py && found.mpi4py.built.length > 1) {
    return `Run \`export MPI4PY_LIBMPI=${shellPath(fitting.path)}\` before the launch: that library fits this launcher`;
  }
  return fit.fix;
}

/** The same library under the same launcher is one finding, whatever else differs between ranks. */
function merged(findings: readonly Finding[]): Finding[] {
  return [...new Map(findings.map((finding) => [`${finding.subject}\n${finding.message}`, finding])).values()];
}
