import { formatCount, formatCountOf } from '#base';
import type { Check, VerifiedProcess } from '#schema';
import { check } from './check.ts';
import type { ToldCalls } from './tell-calls.ts';

/** As the issue of staging asks for: what is left is a handful of looks at the way to the job's own folder. */
const MOST_OTHER_CALLS = 10;

const called = ({ rank }: VerifiedProcess, index: number) =>
  rank === undefined ? `process ${index + 1}` : `rank ${rank}`;

const sum = (processes: readonly VerifiedProcess[], of: 'staged' | 'left' | 'other') =>
  processes.reduce((total, process) => total + process[of], 0);

/** Calls in folders that the image stands for: there are none. */
export function judgeStagedCalls(plain: ToldCalls, staged: ToldCalls): Check {
  const lines = staged.processes.flatMap((process, index) =>
    process.staged === 0 ? [] : [`${called(process, index)}: ${formatCountOf(process.staged, 'call')}`],
  );
  const [before, after] = [sum(plain.processes, 'staged'), sum(staged.processes, 'staged')];
  return check('staged-calls', `${formatCountOf(after, 'call')}, else ${formatCount(before)}`, lines);
}

/** Calls on libraries that were left out for their cost: shown, and no difference. Absent where there is none of them. */
export function tellLeftCalls(plain: ToldCalls, staged: ToldCalls, left: number): Check[] {
  if (left === 0) return [];
  const [before, after] = [sum(plain.processes, 'left'), sum(staged.processes, 'left')];
  const which = formatCountOf(left, 'library', 'libraries');
  return [
    check(
      'left-calls',
      `${formatCountOf(after, 'call')} on ${which} left for their cost, else ${formatCount(before)}`,
      [],
    ),
  ];
}

/** Calls elsewhere on shared storage during a start: a few. */
export function judgeOtherCalls(plain: ToldCalls, staged: ToldCalls): Check {
  const most = (told: ToldCalls) => Math.max(0, ...told.processes.map(({ other }) => other));
  const lines = staged.processes.flatMap((process, index) =>
    process.other <= MOST_OTHER_CALLS
      ? []
      : [
          `${called(process, index)}: ${formatCountOf(process.other, 'call')}, ${MOST_OTHER_CALLS} are expected at most`,
        ],
  );
  const says = `${formatCountOf(most(staged), 'call')} at most in one start, else ${formatCount(most(plain))}`;
  return check('other-calls', says, lines);
}
