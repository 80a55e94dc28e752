import { formatCountOf } from '#base';
import { type Artifacts, type Finding, ThreadLevel, type Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { byRank } from '../by-rank.ts';
import { factEvidence } from '../evidence.ts';
import { nameRanks } from '../name-some.ts';
import { largestPool, type Pool } from '../thread-pools.ts';
import { verdictOf } from '../verdict-of.ts';

type World = Artifacts['world']['mpi'][number];
type Level = (typeof ThreadLevel.options)[number];

interface Short {
  readonly group: World;
  readonly asked: Level | undefined;
  readonly given: Level;
  /** Threads that run while MPI was told of one. */
  readonly pool?: Pool;
}

const rankOf = (level: Level) => ThreadLevel.options.indexOf(level);

/** Levels that were given and do not hold what was asked, or what the process does. */
function shortLevels({ world, threads }: Pick<Artifacts, 'world' | 'threads'>): Short[] {
  const pools = byRank(threads.pools);
  return world.mpi.flatMap((group): Short[] => {
    const { asked, given } = group.value;
    if (!given) return [];
    if (asked && rankOf(given) < rankOf(asked)) return [{ group, asked, given }];
    const pool = largestPool(pools.get(group.ranks[0] ?? -1));
    // MPI 4.1, 11.2.1: with MPI_THREAD_SINGLE only one thread will execute, whether it calls MPI or not.
    return given === 'single' && pool && pool.threads > 1 ? [{ group, asked, given, pool }] : [];
  });
}

const named = (level: Level) => `MPI_THREAD_${level.toUpperCase()}`;

function findingOf({ group, asked, given, pool }: Short): Finding {
  const by = group.value.by ?? 'a library that initialized MPI by itself';
  const short = asked !== undefined && rankOf(given) < rankOf(asked);
  return {
    message: short
      ? `${by} asked for ${named(asked)} and MPI gives ${named(given)}, on ${formatCountOf(group.ranks.length, 'rank')}`
      : `MPI was told of one thread, ${named(given)}, and ${pool?.runtime} will run ${formatCountOf(pool?.threads ?? 0, 'thread')}, on ${formatCountOf(group.ranks.length, 'rank')}`,
    severity: severityOf(short, asked, given),
    confidence: short ? 'certain' : 'possible',
    harm: 'crash',
    fixer: 'user',
    fix: short
      ? 'Call MPI from one thread only, or use an MPI built for threads; some ask for a variable: `export MPICH_MAX_THREAD_SAFETY=multiple MV2_ENABLE_AFFINITY=0`.'
      : 'Ask for threads where MPI is initialized: `unset MPI4PY_RC_THREADS; export MPI4PY_RC_THREAD_LEVEL=multiple`, and import mpi4py.MPI before libraries that initialize MPI themselves.',
    check: `\`python -c 'from mpi4py import MPI; print(MPI.Query_thread())'\` in the step prints ${short ? `${rankOf(asked)} or more` : '1 or more'}`,
    subject: 'MPI thread level',
    evidence: [
      factEvidence({
        asked: asked ? named(asked) : 'not known',
        given: named(given),
        ranks: nameRanks(group.ranks),
        by,
        library: group.value.library ?? 'not known',
        version: group.value.version ?? 'not known',
      }),
    ],
  };
}

/** mpi4py asks for the highest level whether the job uses it or not; who asks for another one means it. */
function severityOf(short: boolean, asked: Level | undefined, given: Level): Finding['severity'] {
  if (!short) return 'note';
  return asked !== 'multiple' || given === 'single' ? 'warning' : 'note';
}

export const lowThreadLevel = defineAudit({
  id: 'low-thread-level',
  category: 'parallelism',
  question: 'Does MPI give the thread level that was asked for?',
  needs: ['step', 'world', 'threads'],

  answer(artifacts): Verdict {
    const { mpi } = artifacts.world;
    if (!artifacts.step.command)
      return { kind: 'inapplicable', because: 'no command was given that could initialize MPI' };
    if (mpi.length === 0) return { kind: 'unknown', because: 'nothing was heard from inside the ranks' };
    const started = mpi.filter(({ value }) => value.state === 'initialized' || value.state === 'finalized');
    if (started.length === 0) return { kind: 'inapplicable', because: 'the imports did not initialize MPI' };
    if (started.every(({ value }) => value.given === undefined))
      return { kind: 'unknown', because: 'the thread level that MPI gives was not recorded' };
    return verdictOf(shortLevels(artifacts).map(findingOf));
  },
});
