import { wheelBaseline } from '#knowledge';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { byBringer, type NativeObject, ofThisMachine } from '../environment-objects.ts';
import { factEvidence, fileEvidence } from '../evidence.ts';
import { normalName } from '../mpi-in-use.ts';
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
    const baselines = listBaselines(environment);
    if (tells.length + baselines.length === 0) {
      return { kind: 'inapplicable', because: 'no library says which processors it is for, as most do not' };
    }
    const newer = tells.filter(({ isaNeeded = [] }) => isaNeeded.some((level) => !has.has(level)));
    return verdictOf([
      ...[...byBringer(environment, newer)].map(([bringer, objects]) => findingOf(bringer, objects, linkage)),
      ...baselines.filter(({ level }) => !has.has(level)).map((one) => baselineFinding(one, linkage)),
    ]);
  },
});

interface Baseline {
  readonly bringer: string;
  readonly level: string;
}

/** Wheels that are known to need a level, which no file of them says. */
const listBaselines = ({ distributions }: Artifacts['environment']): Baseline[] =>
  distributions.flatMap(({ name, version, platforms }) => {
    const target = wheelBaseline(normalName(name), version, platforms);
    return target === undefined ? [] : [{ bringer: `${name} ${version}`, level: target.replaceAll('_', '-') }];
  });

const bestOf = ({ levels }: Artifacts['linkage']): string => [...levels].sort().at(-1) ?? BASELINE;

const baselineFinding = ({ bringer, level }: Baseline, linkage: Artifacts['linkage']): Finding => ({
  message: `the wheel of ${bringer} needs a processor of level ${level}, and this machine has ${bestOf(linkage)}: importing it ends with an error`,
  severity: 'error',
  confidence: 'likely',
  harm: 'crash',
  fixer: 'user',
  fix: 'Take the release before, or build it for this processor: python -m pip install --no-binary',
  check: 'importing it no longer says that it was built with baseline optimizations which the machine does not support',
  subject: bringer,
  evidence: [factEvidence({ 'needed by it': level, 'on this machine': bestOf(linkage) })],
});

function findingOf(bringer: string, objects: readonly NativeObject[], linkage: Artifacts['linkage']): Finding {
  const needed = [...new Set(objects.flatMap(({ isaNeeded = [] }) => isaNeeded))].sort().at(-1) ?? '';
  const best = bestOf(linkage);
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
