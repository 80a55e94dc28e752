import { formatCount, formatCountOf, shellPath } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { fileEvidence } from '../evidence.ts';
import { verdictOf } from '../verdict-of.ts';

type Distribution = Artifacts['environment']['distributions'][number];
type Gone = NonNullable<Distribution['gone']>;

export const missingFiles = defineAudit({
  id: 'missing-files',
  category: 'packaging',
  question: 'Is all there that was installed?',
  needs: ['environment'],

  answer({ environment: { form, distributions } }): Verdict {
    if (distributions.every(({ hasRecord }) => !hasRecord))
      return { kind: 'inapplicable', because: 'no distribution says which files are its own' };
    const make = form === 'wheels' ? unpackedFinding : installedFinding;
    return verdictOf(distributions.flatMap((one) => (one.gone ? [make(one, one.gone)] : [])));
  },
});

const evidence = ({ files, some }: Gone) =>
  fileEvidence(
    'not there',
    some.map((path) => ({ path })),
    files,
  );

function installedFinding({ name, version, installer }: Distribution, gone: Gone): Finding {
  // Conda's packages keep the RECORD of what was built, and leave files of it away.
  const isWhole = gone.code > 0 && installer !== 'conda';
  return {
    message: `${formatCount(gone.files)} of the ${formatCountOf(gone.listed, 'file')} of ${name} ${version} ${gone.files === 1 ? 'is' : 'are'} not there any more`,
    severity: isWhole ? 'warning' : 'note',
    confidence: 'certain',
    harm: 'crash',
    fixer: 'user',
    fix: `Run python -m pip install --force-reinstall --no-deps ${shellPath(`${name}==${version}`)}; where a clean-up of scratch space took the files by their age, keep the environment elsewhere or as one image`,
    check: 'this audit passes',
    subject: name,
    evidence: [evidence(gone)],
  };
}

function unpackedFinding({ name, version, named }: Distribution, gone: Gone): Finding {
  return {
    message: `${named?.file ?? name} lists ${formatCountOf(gone.files, 'file')} in its RECORD that it does not hold`,
    severity: gone.code > 0 ? 'warning' : 'note',
    confidence: 'certain',
    harm: 'crash',
    fixer: 'package',
    fix: 'Build the wheel again, or write its RECORD anew with python -m wheel unpack and python -m wheel pack',
    check: `python -m wheel unpack ${named?.file ?? `${name}-${version}`} succeeds`,
    subject: named?.file ?? name,
    evidence: [evidence(gone)],
  };
}
