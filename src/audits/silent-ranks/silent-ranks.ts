import { cpuSetOf, formatCountOf, formatCpuList, formatSeconds } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { groupBy } from '../by-rank.ts';
import { factEvidence } from '../evidence.ts';
import { nameNodes, nameRanks, nameSome } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

type Step = Artifacts['step'];
type Ended = Step['ended'][number];

const everyRank = (groups: readonly Ended[]) => groups.flatMap(({ ranks }) => ranks);

/** Names of the nodes that the ranks were on. */
function nodesOf({ nodes }: Step, ranks: readonly number[]): string[] {
  const among = new Set(ranks);
  return nodes.filter((node) => node.ranks.some((rank) => among.has(rank))).map(({ name }) => name);
}

function unheardNodes({ silentNodes: { count, numbers }, expected }: Step): Finding[] {
  if (count === 0) return [];
  const which = numbers.length > 0 ? ` (numbers ${nameSome(numbers.map(String))})` : '';
  return [
    {
      message: `of ${count} of ${formatCountOf(expected.nodes, 'node')} there is no recording${which}`,
      severity: 'warning',
      confidence: 'possible',
      harm: 'crash',
      fixer: 'user',
      fix: 'Give the files of all nodes, `pharos doctor step.*.pharos`; where a node wrote none, look at the output of the step and at the state of the node.',
      check: 'the headline counts all nodes of the step',
      subject: 'silent nodes',
      evidence: [
        factEvidence({
          'nodes of the step': `${expected.nodes}`,
          silent: `${count}`,
          numbers: formatCpuList(cpuSetOf(numbers).slice(0, 8)) || 'not known',
        }),
      ],
    },
  ];
}

/** What these ranks left may be in the part of the file that is missing. */
function cutShort({ silentRanks: ranks, truncated, expected }: Step): Finding {
  return {
    message: `nothing is known of ${nameRanks(ranks)}: the recording of ${nameNodes(truncated)} ends early`,
    severity: 'warning',
    confidence: 'certain',
    harm: 'cost',
    fixer: 'user',
    fix: 'Copy the file from the node again; where it is short there too, make room on that disk and run the step again.',
    check: 'the headline counts all ranks of the step',
    subject: 'cut short',
    evidence: [factEvidence({ ranks: nameRanks(ranks), 'how many': `${ranks.length} of ${expected.ranks}` })],
  };
}

function unheardRanks(step: Step): Finding[] {
  const ranks = step.silentRanks;
  if (ranks.length === 0) return [];
  if (step.truncated.length > 0) return [cutShort(step)];
  const nodes = nodesOf(step, ranks);
  return [
    {
      message: `nothing was heard from ${nameRanks(ranks)}${nodes.length > 0 ? ` on ${nameNodes(nodes)}` : ''}`,
      severity: 'error',
      confidence: 'likely',
      harm: 'crash',
      fixer: 'user',
      fix: "Run the step again with the launcher's own messages on, `srun --label …` or `mpirun --tag-output …`, and look at what these ranks print.",
      check: 'the headline counts all ranks of the step',
      subject: 'silent ranks',
      evidence: [
        factEvidence({
          ranks: nameRanks(ranks),
          'how many': `${ranks.length} of ${step.expected.ranks}`,
          because: 'they left nothing',
        }),
      ],
    },
  ];
}

/** Ranks of which only the doctor was heard; how their command went, where it went, is told by the other findings. */
function unseenCommands({ ended, expected }: Step): Finding[] {
  // Without a command there was nothing to see.
  const unseen = ended.filter(
    ({ value: { seen, because, signal, status, timeLimit } }) =>
      seen === 'nothing' && because !== 'no command was given' && !timeLimit && signal === undefined && !status,
  );
  return [...groupBy(unseen, ({ value }) => `${value.status === 0} ${value.because}`).values()].map((groups) => {
    const ranks = everyRank(groups);
    const because = groups[0]?.value.because ?? 'not known';
    const evidence = [
      factEvidence({ ranks: nameRanks(ranks), 'how many': `${ranks.length} of ${expected.ranks}`, because }),
    ];
    const subject = `unseen: ${because}`;
    if (groups[0]?.value.status !== 0)
      return {
        message: `the command told nothing in ${nameRanks(ranks)}: ${because}`,
        severity: 'error',
        confidence: 'certain',
        harm: 'crash',
        fixer: 'user',
        fix: 'Try the command in the same job step without the doctor, and read what it prints there: `type -a python` shows which programs PATH finds.',
        check: 'the command runs, and the page names its Python',
        subject,
        evidence,
      };
    return {
      message: `the command ended well in ${nameRanks(ranks)}, but no Python was looked into: ${because}`,
      severity: 'note',
      confidence: 'certain',
      harm: 'cost',
      fixer: 'user',
      fix: "Give the doctor the job's own Python with its imports, `doctor … -- python -c 'import numpy'`, in version 3.8 or later.",
      check: 'the page names the Python',
      subject,
      evidence,
    };
  });
}

const TRACE = 'Run the same command with `python -X faulthandler …` on one of these nodes: it prints where it was.';
const MEMORY =
  'Look for the memory limit, `sacct --format=JobID,State,MaxRSS`, and start fewer ranks on a node or ask for more memory.';

/** What the usual signals mean to a job, and what to do first. */
const SIGNALS: ReadonlyMap<string, { readonly meaning: string; readonly fix: string }> = new Map([
  ['SIGKILL', { meaning: 'most often the memory limit', fix: MEMORY }],
  [
    'SIGSEGV',
    { meaning: 'memory read where it may not be: often two libraries of a kind, or too small a stack', fix: TRACE },
  ],
  ['SIGILL', { meaning: 'a library was built for another CPU', fix: TRACE }],
  ['SIGBUS', { meaning: 'a file that is mapped became shorter, or /dev/shm is full', fix: TRACE }],
  ['SIGABRT', { meaning: 'a library gave up: its message is in the output', fix: TRACE }],
  [
    'SIGTERM',
    {
      meaning: 'the launcher or the scheduler ended it',
      fix: 'Look in the output of the step for what the launcher says of it.',
    },
  ],
]);

const failedIn = ({ ended }: Step) => ended.filter(({ value }) => !value.timeLimit && (value.status ?? 0) !== 0);

function deaths(step: Step): Finding[] {
  // What the doctor ended when its seconds were over did not die.
  const died = step.ended.filter(({ value }) => value.signal !== undefined && !value.timeLimit);
  const signals = groupBy(died, ({ value }) => value.signal ?? '');
  // When one rank dies or fails the launcher ends the others.
  const isOthersEnd = signals.size > 1 || failedIn(step).length > 0;
  return [...signals].map(([signal, groups]) => {
    const ranks = everyRank(groups);
    const known = SIGNALS.get(signal);
    return {
      message: `${nameRanks(ranks)} died of ${signal} on ${nameNodes(nodesOf(step, ranks))}`,
      severity: signal === 'SIGTERM' && isOthersEnd ? 'note' : 'error',
      confidence: 'certain',
      harm: 'crash',
      fixer: 'user',
      fix: known?.fix ?? TRACE,
      check: 'the step ends with status 0',
      subject: `died of ${signal}`,
      evidence: [
        factEvidence({
          ranks: nameRanks(ranks),
          'how many': `${ranks.length}`,
          signal,
          'what it means': known?.meaning ?? 'not known',
        }),
      ],
    };
  });
}

function failures(step: Step): Finding[] {
  return [...groupBy(failedIn(step), ({ value }) => `${value.status}`)].map(([status, groups]) => {
    const ranks = everyRank(groups);
    return {
      message: `the command ended with status ${status} in ${nameRanks(ranks)}`,
      severity: 'error',
      confidence: 'certain',
      harm: 'crash',
      fixer: 'user',
      fix: 'Read the last lines that it printed: an import that fails says there which module or library is missing.',
      check: 'the command ends with status 0',
      subject: `status ${status}`,
      evidence: [
        factEvidence({
          ranks: nameRanks(ranks),
          'how many': `${ranks.length} of ${step.expected.ranks}`,
          nodes: nameNodes(nodesOf(step, ranks)),
        }),
      ],
    };
  });
}

function overtime(step: Step): Finding[] {
  const late = everyRank(step.ended.filter(({ value }) => value.timeLimit));
  if (late.length === 0) return [];
  const heard = everyRank([...step.ended]).length;
  const all = late.length === heard;
  const subject = all && late.length > 1 ? 'all ranks' : nameRanks(late);
  const broken = everyRank([...failedIn(step), ...step.ended.filter(({ value }) => value.signal && !value.timeLimit)]);
  return [
    {
      message: `${subject} still ran after ${formatSeconds(step.secondsLimit)} and ${late.length === 1 ? 'was' : 'were'} ended`,
      // Where others came to an end, these may wait for something that never comes.
      severity: all ? 'note' : 'warning',
      confidence: 'possible',
      harm: all ? 'cost' : 'hang',
      fixer: 'user',
      fix:
        broken.length > 0
          ? `Look at ${nameRanks(broken)} first: ranks that start MPI wait for one that never came.`
          : 'Give the doctor imports and no work, or more time: `doctor --seconds 60 …`.',
      check: 'all ranks end by themselves',
      subject: 'time limit',
      evidence: [
        factEvidence({
          ranks: nameRanks(late),
          'how many': `${late.length} of ${heard}`,
          nodes: nameNodes(nodesOf(step, late)),
        }),
      ],
    },
  ];
}

export const silentRanks = defineAudit({
  id: 'silent-ranks',
  category: 'parallelism',
  question: 'Was every rank heard, and did it end by itself?',
  needs: ['step'],

  answer({ step }): Verdict {
    if (step.nodes.length === 0) return { kind: 'unknown', because: 'no node was heard' };
    return verdictOf([
      ...unheardRanks(step),
      ...unseenCommands(step),
      ...deaths(step),
      ...unheardNodes(step),
      ...failures(step),
      ...overtime(step),
    ]);
  },
});
