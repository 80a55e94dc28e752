import { compareVersions } from '#base';
import { platformOf } from '#knowledge';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import type { NativeObject } from '../environment-objects.ts';
import { factEvidence, fileEvidence } from '../evidence.ts';
import { verdictOf } from '../verdict-of.ts';

type Environment = Artifacts['environment'];
type Distribution = Environment['distributions'][number];

export const understatedTag = defineAudit({
  id: 'understated-tag',
  category: 'packaging',
  question: 'Do wheels promise no more machines than their libraries run on?',
  needs: ['environment'],

  answer({ environment }): Verdict {
    const promises = environment.distributions.map(promiseOf);
    if (promises.every((promise) => promise === undefined)) {
      return { kind: 'inapplicable', because: 'no wheel with a promise about glibc is there' };
    }
    const findings = environment.distributions.flatMap((distribution, index) => {
      const promise = promises[index];
      if (promise === undefined) return [];
      const newer = environment.objects.filter(
        (object) =>
          object.distribution === index && object.glibc !== undefined && compareVersions(object.glibc, promise) > 0,
      );
      return newer.length === 0 ? [] : [findingOf(distribution, promise, newer, environment.form)];
    });
    return verdictOf(findings);
  },
});

/** The oldest glibc that its tags promise to run on; of a wheel those of its name, which installers go by. */
function promiseOf({ platforms, named }: Distribution): string | undefined {
  const versions = (named?.platforms ?? platforms).flatMap((tag) => {
    const libc = platformOf(tag)?.libc;
    return libc?.name === 'glibc' ? [libc.oldest.join('.')] : [];
  });
  return versions.sort(compareVersions)[0];
}

function findingOf(
  { name, version }: Distribution,
  promise: string,
  objects: readonly NativeObject[],
  form: Environment['form'],
): Finding {
  const needed =
    objects
      .map(({ glibc = '' }) => glibc)
      .sort(compareVersions)
      .at(-1) ?? '';
  const isOurs = form === 'wheels';
  return {
    message: `the wheel of ${name} ${version} promises to run with glibc ${promise}, and its libraries need ${needed}`,
    severity: isOurs ? 'warning' : 'note',
    confidence: 'certain',
    harm: 'crash',
    fixer: 'package',
    fix: `Run auditwheel repair with --plat manylinux_${needed.replace('.', '_')}, or build it in an older manylinux image`,
    check: 'auditwheel show names a policy that fits the tag',
    subject: name,
    evidence: [
      factEvidence({ 'promised by the tag': `glibc ${promise}`, needed: `glibc ${needed}` }),
      fileEvidence(
        'files that need it',
        objects.map(({ path }) => ({ path })),
      ),
    ],
  };
}
