import { formatCountOf } from '#base';
import { fitOf, launcherOf, mpiTitle } from '#knowledge';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { groupBy } from '../by-rank.ts';
import { factEvidence } from '../evidence.ts';
import { type MpiInUse, mpiLoaded } from '../mpi-in-use.ts';
import { nameRanks } from '../name-some.ts';
import { rankClasses } from '../rank-classes.ts';
import { verdictOf } from '../verdict-of.ts';

const NEEDS = ['step', 'world', 'loaded', 'found'] as const;
type Needed = Pick<Artifacts, (typeof NEEDS)[number]>;
type Row = Artifacts['world']['rows'][number];
type Launched = Artifacts['world']['launched'][number]['value'];

/** Ranks whose MPI does not know the others, and why as far as it can be told. */
interface Apart {
  readonly ranks: readonly number[];
  /** Of each rank's world. */
  readonly size: number;
  readonly by: string | undefined;
  readonly launched: Launched | undefined;
  readonly library: Pick<MpiInUse, 'family' | 'version' | 'needed'> & { readonly path?: string | undefined };
}

const SAME_MPI =
  'Start the ranks with the mpiexec of the MPI that is loaded, or by the plugin that it was built for, `srun --mpi=…` (`srun --mpi=list` names them).';

/** Ranks that say they are part of something smaller than what the launcher started. */
function isApart(rows: readonly Row[], { step, world }: Needed): (row: Row) => boolean {
  const claimed = new Set(world.launched.flatMap(({ value }) => value.claims.map(({ size }) => size)));
  const repeated = new Set(
    [...groupBy(rows, ({ mpiRank, mpiSize }) => `${mpiRank} ${mpiSize}`).values()].flatMap((same) =>
      same.length > 1 && same[0]?.mpiRank !== undefined ? [same[0].mpiSize] : [],
    ),
  );
  return ({ mpiSize = 0 }) => {
    if (mpiSize === 1 || repeated.has(mpiSize)) return true;
    // Sizes of steps around this one are inherited: what any launcher claims may be meant.
    return mpiSize < step.expected.ranks && claimed.size > 0 && !claimed.has(mpiSize);
  };
}

function apartClasses(rows: readonly Row[], { world, loaded, found }: Needed): Apart[] {
  const sizes = new Map(rows.map(({ rank, mpiSize }) => [rank, mpiSize ?? 1]));
  const { launched, mpi } = world;
  return rankClasses({ launched, mpi, loaded: loaded.groups, found: found.groups }).flatMap(({ ranks, values }) => {
    const own = ranks.filter((rank) => sizes.has(rank));
    if (own.length === 0) return [];
    const mapped = mpiLoaded(values.loaded, values.found);
    const loadedOne = mapped.find(({ path }) => path === values.mpi?.library) ?? mapped[0];
    const { family = 'unknown', version, library: path, by, size = 1 } = values.mpi ?? {};
    const library = { path, ...loadedOne, family, version: version ?? loadedOne?.version };
    return [{ ranks: own, size, by, launched: values.launched, library }];
  });
}

/** Why, and what to do; also where the two should fit and did not. */
function explain({ launched, library }: Apart): { readonly because: string; readonly fix: string } {
  if (!launched) return { because: 'what launched the ranks was not recorded', fix: SAME_MPI };
  const fit = fitOf(launched, library);
  if (fit.kind === 'apart') return fit;
  if (fit.kind === 'unknown') return { because: fit.because, fix: fit.fix ?? SAME_MPI };
  return {
    because: `although ${fit.because}`,
    fix: "Start Python without what is between it and the launcher: a container, `env -i`, `srun --export=NONE` or a wrapper that drops the launcher's variables.",
  };
}

const asSentence = (text: string) => (text.endsWith('.') ? text : `${text}.`);

function findingOf(apart: Apart, { step }: Needed, everyone: boolean): Finding {
  const { ranks, size, library, launched, by } = apart;
  const { because, fix } = explain(apart);
  const tasks = everyone
    ? formatCountOf(step.expected.ranks, 'task')
    : `${ranks.length} of ${formatCountOf(step.expected.ranks, 'task')}`;
  const are = size === 1 ? 'each is rank 0 of 1' : `in worlds of ${size} whose ranks do not add up`;
  return {
    message: `${tasks}, ${are}${because.startsWith('although ') ? ',' : ':'} ${because}`,
    severity: 'error',
    confidence: 'certain',
    harm: 'wrong-data',
    fixer: 'user',
    fix: asSentence(fix),
    check: `the same launch line with \`python -c "from mpi4py import MPI; print(MPI.COMM_WORLD.size)"\` prints ${step.expected.ranks} in every task`,
    subject: 'MPI world',
    evidence: [
      factEvidence({
        'MPI library': library.path ?? 'not known',
        'what it is, by its symbols': mpiTitle(library),
        // What follows the first comma is how it was built.
        ...(library.version ? { version: library.version } : {}),
        'launched by': (launched && launcherOf(launched)?.title) ?? step.launcher,
        'ways offered to find the other ranks': launched?.offers.join(', ') || 'none',
        ...(launched?.slurmMpi ? { SLURM_MPI_TYPE: launched.slurmMpi } : {}),
        'programs above the ranks': launched?.startedBy.join(' < ') || 'none recognised',
        'initialized by': by ?? 'a library, not mpi4py',
        ranks: nameRanks(ranks),
        'size that MPI says': `${size}`,
        'size that the launcher says': `${step.expected.ranks}`,
      }),
    ],
  };
}

function notesOf(rows: readonly Row[], { step }: Needed): string[] {
  const others = rows.filter(({ rank, mpiRank }) => mpiRank !== undefined && mpiRank !== rank);
  const order =
    others.length > 0 ? [`MPI numbers ${nameRanks(others.map(({ rank }) => rank))} otherwise than the launcher`] : [];
  const heard = step.ended.reduce((total, { ranks }) => total + ranks.length, 0);
  const without = heard - rows.length;
  return without > 0 ? [...order, `${formatCountOf(without, 'rank')} did not initialize MPI`] : order;
}

export const singletonRanks = defineAudit({
  id: 'singleton-ranks',
  category: 'parallelism',
  question: 'Are the ranks one MPI job?',
  needs: NEEDS,

  answer(artifacts): Verdict {
    const { step, world } = artifacts;
    if (step.expected.ranks < 2) return { kind: 'inapplicable', because: 'the launcher started one rank' };
    const rows = world.rows.filter(({ mpiSize }) => mpiSize !== undefined && mpiSize > 0);
    if (rows.length === 0) return silent(artifacts);
    const apart = rows.filter(isApart(rows, artifacts));
    if (apart.length === 0) return verdictOf([], notesOf(rows, artifacts));
    // One process may be the only one that was meant to use MPI, or to be looked at.
    if (rows.length === 1)
      return {
        kind: 'unknown',
        because: `only one of ${step.expected.ranks} ranks was heard with MPI, and it is rank 0 of ${rows[0]?.mpiSize}`,
      };
    const everyone = apart.length === step.expected.ranks;
    const classes = apartClasses(apart, artifacts);
    const findings = classes.map((one) => findingOf(one, artifacts, everyone && classes.length === 1));
    return verdictOf([...new Map(findings.map((finding) => [finding.message, finding])).values()]);
  },
});

function silent({ step, world }: Needed): Verdict {
  if (!step.command) return { kind: 'inapplicable', because: 'no command was given that could initialize MPI' };
  const started = world.mpi.some(({ value }) => value.state === 'initialized' || value.state === 'finalized');
  if (started) return { kind: 'unknown', because: 'MPI was initialized and its size was not recorded' };
  const loaded = world.mpi.some(({ value }) => value.state === 'loaded');
  if (world.mpi.length === 0) return { kind: 'unknown', because: 'nothing was heard from inside the ranks' };
  return {
    kind: 'inapplicable',
    because: loaded ? 'MPI was loaded and not initialized' : 'the imports did not load MPI',
  };
}
