import { formatCount, formatSeconds, sum } from '#base';
import type { Finding, Run, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence, pathEvidence, tally } from '../evidence.ts';
import { START, sharedStorage } from '../shared-storage.ts';
import { verdictOf } from '../verdict-of.ts';
import { confidenceOf, NOTEWORTHY_SECONDS, severityOf } from '../weight.ts';
import { costAtScale, costText } from '../wording.ts';

export const slowShellStart = defineAudit({
  id: 'slow-shell-start',
  category: 'start-up',
  question: 'Does every rank spend time in the shell before Python starts?',
  needs: START,

  answer(artifacts): Verdict {
    const { run, accesses, target } = artifacts;
    const times = run.observed.flatMap(({ beforeExecSeconds }) => beforeExecSeconds ?? []);
    if (times.length === 0) return nothingBefore(run);
    const seconds = Math.max(...times);
    const before = accesses.accesses.filter(({ phase }) => phase === 'before-exec');
    const operations = sum(before, ({ count }) => count);

    const shared = sharedStorage(artifacts);
    const cost = shared.model.saving(({ phase }) => phase === 'before-exec', seconds);
    const severity = severityOf(cost, shared) ?? (seconds >= NOTEWORTHY_SECONDS ? 'note' : undefined);
    if (!severity) return { kind: 'pass' };
    const finding: Finding = {
      // Time that no file operation was seen in is the same on any storage.
      message: `each rank spends ${formatSeconds(seconds)} in the shell before Python starts; ${operations > 0 ? costText(cost, target) : costAtScale(cost, target)}`,
      severity,
      confidence: operations > 0 ? confidenceOf(cost, target) : 'certain',
      harm: 'cost',
      cost,
      fixer: 'user',
      check: 'audit the job again: the phase before exec takes less than a second',
      subject: 'before exec',
      evidence: [
        factEvidence({
          'seconds before exec, on the slowest observed rank': formatSeconds(seconds),
          'form of the command': run.form,
          'file operations seen in it, per rank': operations > 0 ? formatCount(operations) : 'not seen',
        }),
        ...(before.length > 0
          ? [
              pathEvidence(
                'folders, operations per rank',
                tally(
                  before,
                  (access) => shared.folderOf(access),
                  ({ count }) => count,
                ),
              ),
            ]
          : []),
      ],
    };
    return verdictOf([finding]);
  },
});

/** A recording tells of what ran before the interpreter, if anything did. */
function nothingBefore({ observed, truncated }: Run): Verdict {
  if (observed.length > 0 && !truncated) {
    return { kind: 'inapplicable', because: 'the command starts the interpreter itself' };
  }
  return { kind: 'unknown', because: 'the recording was cut short' };
}
