import { formatCountOf, formatSeconds } from '#base';
import type { Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { verdictOf } from '../verdict-of.ts';

/** Half of what the doctor gives a command by default: much longer ones are cut short, and not measured. */
const LONG_SECONDS = 5;

export const sharedEnvironment = defineAudit({
  id: 'shared-environment',
  category: 'start-up',
  question: 'Do imports from an environment on a shared file system take long?',
  needs: ['step', 'places'],

  answer({ step, places }): Verdict {
    if (places.groups.length === 0) return { kind: 'unknown', because: 'where the environment lives was not recorded' };
    const environments = places.groups.flatMap(({ value }) => value.filter(({ name }) => name === 'environment'));
    const shared = environments.find(({ sharing }) => sharing === 'shared');
    if (!shared) return { kind: 'pass' };
    const system = shared.class ?? 'a shared file system';
    const slowest = step.seconds.reduce<number | undefined>((most, { imports }) => later(most, imports), undefined);
    if (slowest === undefined || slowest < LONG_SECONDS)
      return { kind: 'pass', notes: [`${shared.path} is on ${system}`] };
    const ranks = formatCountOf(step.expected.ranks, 'rank');
    return verdictOf([
      {
        message: `imports take ${formatSeconds(slowest)} in the slowest of ${ranks}, from ${shared.path}, which is on ${system}`,
        severity: 'note',
        confidence: 'likely',
        harm: 'cost',
        fixer: 'user',
        fix: 'Run `pharos audit -- python SCRIPT` in a small job: it counts the requests of a start and says what they cost at this scale',
        check: 'the page says that imports took less than before',
        subject: shared.path,
        evidence: [factEvidence({ environment: shared.path, 'lives on': system, ranks })],
      },
    ]);
  },
});

function later(most: number | undefined, seconds: number | undefined): number | undefined {
  return seconds === undefined || (most !== undefined && most >= seconds) ? most : seconds;
}
