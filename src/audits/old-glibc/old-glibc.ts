import { compareVersions } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { byBringer, type NativeObject, ofThisMachine } from '../environment-objects.ts';
import { factEvidence, fileEvidence } from '../evidence.ts';
import { verdictOf } from '../verdict-of.ts';

export const oldGlibc = defineAudit({
  id: 'old-glibc',
  category: 'packaging',
  question: 'Is glibc of this machine new enough for every library?',
  needs: ['environment', 'linkage'],

  answer({ environment, linkage }): Verdict {
    const isTooNew = ({ glibc }: NativeObject) => glibc !== undefined && compareVersions(glibc, linkage.glibc) > 0;
    const newer = ofThisMachine(environment, linkage).filter(isTooNew);
    return verdictOf(
      [...byBringer(environment, newer)].map(([bringer, objects]) => findingOf(bringer, objects, linkage)),
    );
  },
});

function findingOf(bringer: string, objects: readonly NativeObject[], { glibc }: Artifacts['linkage']): Finding {
  const needed = objects.reduce(
    (most, one) => (compareVersions(one.glibc ?? '', most) > 0 ? (one.glibc ?? '') : most),
    '',
  );
  return {
    message: `${bringer} needs glibc ${needed}, and this machine has ${glibc}: its files cannot be loaded here`,
    severity: 'error',
    confidence: 'certain',
    harm: 'crash',
    fixer: 'user',
    fix: `Take a release with a wheel for manylinux_${glibc.replace('.', '_')} or older, or build it here: python -m pip install --no-binary`,
    check: `python -c 'import …' of the package no longer says that version GLIBC_${needed} is not found`,
    subject: bringer,
    evidence: [
      factEvidence({ 'needed by it': `glibc ${needed}`, 'on this machine': `glibc ${glibc}` }),
      fileEvidence(
        'files that need it',
        objects.map(({ path }) => ({ path })),
      ),
    ],
  };
}
