import { formatCountOf } from '#base';
import type { StartModel } from '#scale';
import type { Recording, Run, ScaleTable, Target } from '#schema';
import type { ScaleQuestion } from './examine-scale.ts';
import { sayOutcome } from './say-outcome.ts';

type Unknowns = ScaleTable['unknowns'];

/** Cores that the observed ranks could use on their node. */
export function countCores(recordings: readonly Recording[]): number | undefined {
  const counts = recordings.flatMap(({ facts }) => facts.node.map((node) => node.cpusAllowed ?? node.cpusOnline));
  return counts.find((count) => count !== undefined);
}

/** What the table does not know, and what would tell. */
export function listScaleUnknowns(
  recordings: readonly Recording[],
  model: StartModel,
  target: Target,
  question: ScaleQuestion,
  run?: Run,
): Unknowns {
  return [
    ...cores(recordings, target, question),
    ...end(recordings, run),
    ...storage(model, target),
    ...waiting(model, target),
  ];
}

function cores(recordings: readonly Recording[], { ranksPerNode }: Target, question: ScaleQuestion): Unknowns {
  const seen = countCores(recordings);
  if (question.coresPerNode !== undefined || (seen !== undefined && seen >= ranksPerNode)) return [];
  const where =
    seen === undefined ? 'the recording does not tell' : `the recording is of ${formatCountOf(seen, 'core')}`;
  return [
    {
      what: 'cores of the nodes',
      because: `${where}; a core for each of the ${ranksPerNode} ranks is taken to be there`,
      hint: 'Say how many with --cores-per-node.',
    },
  ];
}

const END = 'the end of the start';

/** A job that failed may have done so before its start was over; a marker tells that it was not. */
function end(recordings: readonly Recording[], run?: Run): Unknowns {
  if (recordings.some(({ truncated }) => truncated)) {
    return [{ what: END, because: 'the recording ends early: what came after is not in the figures' }];
  }
  if (!run || endedWell(run) || run.observed.every(({ endsAt }) => endsAt === 'marker')) return [];
  return [
    {
      what: END,
      because: `the recorded job ${sayOutcome(run)}; if that was within its start, the rest of it is not in the figures`,
    },
  ];
}

const endedWell = ({ outcome }: Run): boolean =>
  outcome.kind === 'unknown' || (outcome.kind === 'exited' && outcome.status === 0);

function storage({ profile }: StartModel, { applies, calibrated }: Target): Unknowns {
  if (!profile.shared) return [];
  return [
    ...(applies === 'as-if'
      ? [
          {
            what: 'shared storage',
            because: 'nothing of the recorded start was on any; the environment and the code are taken to be there',
          },
        ]
      : []),
    ...(calibrated
      ? fullServers(profile)
      : [
          {
            what: 'the servers of this site',
            because: `figures are those of a typical installation of ${profile.title}`,
            hint: 'Measure the mount with pharos calibrate DIR, and give the file with --profile.',
          },
        ]),
  ];
}

/** A site's own profile may hold what one process sees, and nothing of what many meet. */
function fullServers({ server }: StartModel['profile']): Unknowns {
  if (server.metadataSlots.confidence === 'measured') return [];
  return [
    {
      what: 'the servers when they are full',
      because: `how many requests they serve at a time is ${server.metadataSlots.confidence}, not measured: many nodes may wait less or more`,
      hint: 'Measure the mount with pharos calibrate DIR --load, where the site allows it.',
    },
  ];
}

function waiting({ localSeconds }: StartModel, { applies }: Target): Unknowns {
  if (applies === 'as-if' || localSeconds.low === localSeconds.high) return [];
  return [
    {
      what: "the rank's own time",
      because: 'how much of the observed start was waiting for shared storage is not known',
      hint: 'Record a second start on the same node, when its cache is warm.',
    },
  ];
}
