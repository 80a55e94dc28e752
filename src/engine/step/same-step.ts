import { type Failure, failure, type Result, success } from '#base';
import type { Recording } from '#schema';

const nodeOf = ({ facts }: Recording): string => facts.step[0]?.nodeName || 'a node without a name';

/** What must be the same on all nodes of a step. The digest that names a step is told where the launcher tells one. */
function identityOf({ facts }: Recording): readonly unknown[] {
  const [launch] = facts.launch;
  const [command] = facts.command;
  const { launcher, ranks } = launch ?? {};
  return [launcher, ranks, command?.form, command?.program, command?.script, command?.argc];
}

const keyOf = ({ facts }: Recording): string | undefined => facts.step[0]?.key;

function different(one: Recording, other: Recording, why: string): Failure {
  const [a, b] = [nodeOf(one), nodeOf(other)];
  return {
    code: 'engine/different-steps',
    message: `the recordings of ${a === b ? `${a} are two` : `${a} and ${b} are`} of different steps: ${why}`,
    hint: 'Give the recordings of one step; write those of each step under a name of their own with -o.',
  };
}

/** One that differs from the first in what `told` says of both. */
function findOther(recordings: readonly Recording[], told: (recording: Recording) => unknown) {
  const known = recordings.filter((recording) => told(recording) !== undefined);
  const [first] = known;
  const other = first && known.find((recording) => told(recording) !== told(first));
  return first && other ? ([first, other] as const) : undefined;
}

/** Ranks have their number once: two recordings of one rank are of two runs, or are one file given twice. */
function findTwice(recordings: readonly Recording[]): readonly [Recording, Recording, number] | undefined {
  const seen = new Map<number, Recording>();
  for (const recording of recordings) {
    for (const rank of new Set(recording.facts.rank.map(({ rank }) => rank))) {
      const before = seen.get(rank);
      if (before) return [before, recording, rank];
      seen.set(rank, recording);
    }
  }
  return undefined;
}

/** Whether the recordings, one a node, are of one step. */
export function checkSameStep(recordings: readonly Recording[]): Result<undefined> {
  const byKey = findOther(recordings, keyOf);
  if (byKey) return failure(different(...byKey, 'their launcher gave them other numbers'));
  const byIdentity = findOther(recordings, (recording) => JSON.stringify(identityOf(recording)));
  if (byIdentity) return failure(different(...byIdentity, 'launcher, number of ranks or command differ'));
  const twice = findTwice(recordings);
  if (!twice) return success(undefined);
  const [one, other, rank] = twice;
  if (nodeOf(one) !== nodeOf(other) || one.started !== other.started) {
    return failure(different(one, other, `rank ${rank} is in both`));
  }
  return failure({
    code: 'engine/recording-given-twice',
    message: `the recording of ${nodeOf(one)} was given twice`,
    hint: 'Give each file once.',
  });
}
