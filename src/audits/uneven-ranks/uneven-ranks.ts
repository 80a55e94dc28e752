import { countCpus, formatCountOf } from '#base';
import { mpiTitle } from '#knowledge';
import type { Artifacts, Finding, Group, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { groupBy } from '../by-rank.ts';
import { factEvidence } from '../evidence.ts';
import { nameRanks } from '../name-some.ts';
import { maskedRanks } from '../rank-masks.ts';
import { verdictOf } from '../verdict-of.ts';

type Asked = Pick<Artifacts, 'world' | 'interpreters' | 'loaded' | 'placement'>;

/** One thing that should be the same in all ranks, as each group of ranks has it. */
interface Trait {
  readonly name: string;
  readonly severity: Finding['severity'];
  readonly harm: Finding['harm'];
  readonly fix: string;
  readonly values: readonly Group<string>[];
}

/** Variables that decide how a library counts or binds; those that name the rank differ and may. */
const COUNTING =
  /_NUM_THREADS$|_MAX_THREADS$|^OMP_(PROC_BIND|DYNAMIC)$|^MKL_THREADING_LAYER$|^(PYTHON_CPU_COUNT|PYTHONHASHSEED)$/;

/** Kinds of which two versions cannot work on one message. */
const SPOKEN_BETWEEN_RANKS: readonly string[] = ['mpi', 'nccl', 'rccl', 'libfabric', 'ucx', 'hdf5'];

/** Part of the ranks that is an outlier, and not another kind of rank. */
const FEW = 0.25;

/** Equal texts together, those of most ranks first; ranks that say nothing are left out. */
function texts<Value>(groups: readonly Group<Value>[], text: (value: Value) => string | undefined): Group<string>[] {
  const known = groups.filter(({ value }) => text(value) !== undefined);
  return [...groupBy(known, ({ value }) => text(value) ?? '')]
    .map(([value, own]) => ({ value, ranks: own.flatMap(({ ranks }) => ranks) }))
    .sort((a, b) => b.ranks.length - a.ranks.length);
}

const SAME_ENVIRONMENT =
  'Let every rank start in the same environment: `srun --export=ALL …`, and activate it in the job script, not in a shell file.';

function pythons({ interpreters }: Asked): Trait[] {
  const shared = { severity: 'warning', harm: 'crash', fix: SAME_ENVIRONMENT } as const;
  return [
    { ...shared, name: 'Python version', values: texts(interpreters.groups, ({ version }) => version) },
    { ...shared, name: 'environment', values: texts(interpreters.groups, ({ prefix }) => prefix) },
  ];
}

function mpis({ world }: Asked): Trait[] {
  const used = world.mpi.filter(({ value }) => value.state !== 'absent');
  const fix = 'Load one MPI in all ranks: the same module and environment on every node.';
  const shared = { severity: 'error', harm: 'crash', fix } as const;
  const family = texts(used, (mpi) => (mpi.family ? mpiTitle({ family: mpi.family }) : undefined));
  // Of two families the versions differ as a matter of course.
  if (family.length > 1) return [{ ...shared, name: 'MPI', values: family }];
  return [{ ...shared, name: 'MPI version', values: texts(used, (mpi) => mpi.version) }];
}

function libraries({ loaded }: Asked): Trait[] {
  const rows = loaded.groups.flatMap(({ ranks, value }) =>
    value.libraries.flatMap(({ kind, name, version }) => (version ? [{ ranks, value: { kind, name, version } }] : [])),
  );
  return [...groupBy(rows, ({ value }) => `${value.kind} ${value.name}`)].flatMap(([, own]) => {
    const [first] = own;
    // What a rank alone imports, it alone has; a rank with two copies is another audit's.
    const versions = texts(own, ({ version }) => version);
    const told = versions.reduce((total, { ranks }) => total + ranks.length, 0);
    if (!first || first.value.kind === 'mpi' || told > new Set(versions.flatMap(({ ranks }) => ranks)).size) return [];
    const isSpoken = SPOKEN_BETWEEN_RANKS.includes(first.value.kind);
    return [
      {
        name: first.value.name,
        severity: isSpoken ? ('warning' as const) : ('note' as const),
        harm: isSpoken ? ('crash' as const) : ('wrong-data' as const),
        fix: SAME_ENVIRONMENT,
        values: versions,
      },
    ];
  });
}

function variables({ interpreters }: Asked): Trait[] {
  const { environment } = interpreters;
  const names = new Set(
    environment.flatMap(({ value }) => Object.keys(value.values)).filter((name) => COUNTING.test(name)),
  );
  return [...names].sort().map((name) => ({
    name,
    severity: 'note',
    harm: 'cost',
    fix: `Set ${name} once, in the job script, before the step is started.`,
    values: texts(environment, ({ values }) => new Map(Object.entries(values)).get(name) ?? 'not set'),
  }));
}

/** A few ranks with half the CPUs of the others, or fewer: less is a matter of what does not divide. */
function masks({ placement }: Asked): Trait[] {
  const sizes = placement.nodes.flatMap((node) =>
    maskedRanks(node).map(({ rank, mask }) => ({ ranks: [rank], value: countCpus(mask) })),
  );
  const [most, ...others] = texts(sizes, String);
  const few = others.filter(
    ({ value, ranks }) => 2 * Number(value) <= Number(most?.value) && ranks.length <= FEW * sizes.length,
  );
  if (!most || few.length === 0) return [];
  return [
    {
      name: 'number of CPUs',
      severity: 'warning',
      harm: 'cost',
      fix: 'Ask for the same number in all: `srun --cpus-per-task=N --cpu-bind=cores …`; where it was the same, look at what else runs on that node.',
      values: [most, ...few],
    },
  ];
}

function findingOf({ name, severity, harm, fix, values }: Trait): Finding[] {
  const [most, other, ...rest] = values;
  if (!(most && other)) return [];
  const odd = [other, ...rest].flatMap(({ ranks }) => ranks);
  return [
    {
      message: `${nameRanks(odd)} ${odd.length === 1 ? 'differs' : 'differ'} in ${name}: ${other.value} where ${formatCountOf(most.ranks.length, 'rank')} ${most.ranks.length === 1 ? 'has' : 'have'} ${most.value}`,
      severity,
      confidence: 'certain',
      harm,
      fixer: 'user',
      fix,
      check: `pharos doctor tells one ${name} for all ranks`,
      subject: name,
      evidence: [
        factEvidence(Object.fromEntries(values.slice(0, 4).map(({ value, ranks }) => [value, nameRanks(ranks)]))),
      ],
    },
  ];
}

export const unevenRanks = defineAudit({
  id: 'uneven-ranks',
  category: 'parallelism',
  question: 'Do the ranks run the same Python and libraries?',
  needs: ['world', 'interpreters', 'loaded', 'placement'],

  answer(artifacts): Verdict {
    const heard = new Set(
      [...artifacts.interpreters.groups, ...artifacts.loaded.groups, ...artifacts.world.mpi].flatMap(
        ({ ranks }) => ranks,
      ),
    );
    if (heard.size === 0) return { kind: 'unknown', because: 'nothing was heard from inside the ranks' };
    if (heard.size === 1) return { kind: 'inapplicable', because: 'only one rank was heard' };
    return verdictOf(
      [pythons, mpis, libraries, masks, variables].flatMap((traits) => traits(artifacts).flatMap(findingOf)),
    );
  },
});
