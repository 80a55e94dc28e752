import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { byBringer, type NativeObject, ofThisMachine } from '../environment-objects.ts';
import { factEvidence, fileEvidence } from '../evidence.ts';
import { verdictOf } from '../verdict-of.ts';

/** Every processor of this kind has it. */
const BASELINE = 'x86-64-baseline';

export const newerProcessor = defineAudit({
  id: 'newer-processor',
  category: 'packaging',
  question: 'Can the processors of this machine run every library?',
  needs: ['environment', 'linkage'],

  answer({ environment, linkage }): Verdict {
    const has = new Set([BASELINE, ...linkage.levels]);
    const tells = ofThisMachine(environment, linkage).filter(({ isaNeeded }) => isaNeeded);
    if (tells.length === 0) {
      return { kind: 'inapplicable', because: 'no library says which processors it is for, as most do not' };
    }
    const newer = tells.filter(({ isaNeeded = [] }) => isaNeeded.some((level) => !has.has(level)));
    return verdictOf(
      [...byBringer(environment, newer)].map(([bringer, objects]) => findingOf(bringer, objects, linkage)),
    );
  },
});

function findingOf(bringer: string, objects: readonly NativeObject[], { levels }: Artifacts['linkage']): Finding {
  const needed = [...new Set(objects.flatMap(({ isaNeeded = [] }) => isaNeeded))].sort().at(-1) ?? '';
  const best = [...levels].sort().at(-1) ?? BASELINE;
  return {
    message: `${bringer} was built for processors of level ${needed}, and this machine has ${best}: the loader refuses its files`,
    severity: 'error',
    confidence: 'certain',
    harm: 'crash',
    fixer: 'user',
    fix: 'Build it again with -march of the oldest processor of the job, or take the published wheel',
    check: 'importing it no longer says that the CPU ISA level is lower than required',
    subject: bringer,
    evidence: [
      factEvidence({ 'needed by it': needed, 'on this machine': best }),
      fileEvidence(
        'files that say so',
        objects.map(({ path }) => ({ path })),
      ),
    ],
  };
}
