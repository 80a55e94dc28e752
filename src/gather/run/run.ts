import { success } from '#base';
import type { ProcessImage, Recording, Run } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { type ObservedRank, observedRanks, phaseBegin, seconds } from '../observed-ranks.ts';

type Observed = Run['observed'][number];

function outcomeOf({ facts, truncated }: Recording): Run['outcome'] {
  const exit = facts.exit[0];
  // A scheduler ends a job at its time limit with SIGTERM, which reaches the collector too.
  if (exit?.interrupted === 'SIGTERM') return { kind: 'killed', signal: 'SIGTERM', timeLimit: true };
  if (exit?.interrupted !== undefined) return { kind: 'interrupted', signal: exit.interrupted };
  if (exit?.signal !== undefined) {
    return { kind: 'killed', signal: exit.signal, timeLimit: exit.signal === 'SIGXCPU' };
  }
  if (exit?.status !== undefined) return { kind: 'exited', status: exit.status };
  return { kind: 'unknown', because: truncated ? 'the recording was cut short' : 'its end was not recorded' };
}

/** Commands that start Python themselves: where no wrapper was seen, none ran. */
const DIRECT: ReadonlySet<string> = new Set(['python', 'script', 'module', 'command', 'entry-point']);

/** From the first wrapper or shell that was seen to the job's Python. */
function beforeExec({ recording, process }: ObservedRank): Pick<Observed, 'beforeExecSeconds'> {
  const wrappers = [...recording.processes.values()].filter(
    ({ role, source }) => role === 'before' && source !== 'replay',
  );
  const form = recording.facts.command[0]?.form ?? 'other';
  if (wrappers.length === 0) return DIRECT.has(form) ? { beforeExecSeconds: 0 } : {};
  const first = wrappers.reduce((earliest, { begin }) => Math.min(earliest, begin), process.begin);
  return { beforeExecSeconds: seconds(first, process.begin) };
}

/** Module-level imports run one after the other. */
function importsSeconds({ spans, end: endOfStart }: ObservedRank): number {
  return spans
    .filter(({ level, begin }) => level === 'main' && begin < endOfStart)
    .reduce((sum, { begin, end = endOfStart }) => sum + seconds(begin, end), 0);
}

/** Of a process that others waited for, only its own last words tell the end. */
function hasEnded(process: ProcessImage): boolean {
  return process.end !== undefined || phaseBegin(process, 'exit') !== undefined;
}

function observed(rank: ObservedRank): Observed {
  const { process, end, endsAt, lastSeen } = rank;
  const main = phaseBegin(process, 'main');
  const site = phaseBegin(process, 'site');
  const interpreterEnd = site ?? main;
  return {
    rank: rank.rank,
    node: rank.node,
    ...beforeExec(rank),
    ...(interpreterEnd === undefined ? {} : { interpreterSeconds: seconds(process.begin, interpreterEnd) }),
    ...(site === undefined || main === undefined ? {} : { siteSeconds: seconds(site, main) }),
    importsSeconds: importsSeconds(rank),
    startSeconds: seconds(process.begin, end),
    endsAt,
    ...(hasEnded(process) ? { totalSeconds: seconds(process.begin, lastSeen) } : {}),
  };
}

function missing(recordings: readonly Recording[]): Run['missing'] {
  const all = recordings.flatMap(({ facts }) => facts.missing);
  const distinct = new Map(
    all.map(({ what, because, hint }) => [JSON.stringify([what, because, hint]), { what, because, hint }]),
  );
  return [...distinct.values()].map(({ hint, ...rest }) => (hint === undefined ? rest : { ...rest, hint }));
}

function removed(recordings: readonly Recording[]): Run['removed'] {
  const sums = new Map<string, number>();
  for (const { counts } of recordings.flatMap(({ facts }) => facts.removed)) {
    for (const [kind, count] of Object.entries(counts)) sums.set(kind, (sums.get(kind) ?? 0) + count);
  }
  return Object.fromEntries(sums);
}

/** How the command ran and ended, and how long the phases of each observed rank took. */
export const run: Gatherer<'run'> = {
  makes: 'run',

  gather(recordings) {
    const [{ facts }] = recordings;
    const command = facts.command[0];
    const launch = facts.launch[0];
    const ranks = observedRanks(recordings);
    return success({
      script: command?.script ?? command?.program ?? 'job',
      form: command?.form ?? 'other',
      outcome: outcomeOf(recordings[0]),
      launcher: launch?.launcher ?? 'none',
      nodes: launch?.nodes ?? 1,
      ranks: Math.max(launch?.ranks ?? 1, ranks.length),
      observed: ranks.map(observed),
      truncated: recordings.some(({ truncated }) => truncated),
      missing: missing(recordings),
      removed: removed(recordings),
    });
  },
};
