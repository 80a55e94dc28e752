import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { normalName } from '../mpi-in-use.ts';
import { verdictOf } from '../verdict-of.ts';

type Environment = Artifacts['environment'];

export const pipOverConda = defineAudit({
  id: 'pip-over-conda',
  category: 'packaging',
  question: 'Is nothing of conda overwritten by pip?',
  needs: ['environment'],

  answer({ environment }): Verdict {
    const { form, conda, distributions } = environment;
    if (form !== 'conda') return { kind: 'inapplicable', because: 'the environment is none of conda' };
    const packages = new Map(conda.map((one) => [normalName(one.name), one]));
    const findings = distributions.flatMap((distribution) => {
      const of = packages.get(normalName(distribution.name));
      const isOther = distribution.installer !== undefined && distribution.installer !== 'conda';
      return of && isOther && of.version !== distribution.version ? [findingOf(distribution, of)] : [];
    });
    return verdictOf(findings);
  },
});

function findingOf(over: Environment['distributions'][number], under: Environment['conda'][number]): Finding {
  return {
    message: `${over.installer} put ${over.name} ${over.version} over the ${under.version} that conda installed and still believes in`,
    severity: 'warning',
    confidence: 'certain',
    harm: 'wrong-data',
    fixer: 'user',
    fix: `Run python -m pip uninstall ${over.name} and then conda install --force-reinstall ${under.name}, or remove it from conda and keep pip's`,
    check: `conda list ${under.name} and python -m pip show ${over.name} name one version`,
    subject: over.name,
    evidence: [
      factEvidence({
        'installed by conda': `${under.name} ${under.version} ${under.build}`,
        [`installed by ${over.installer}`]: `${over.name} ${over.version}`,
      }),
    ],
  };
}
