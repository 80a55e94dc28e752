import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { normalName } from '../mpi-in-use.ts';
import { verdictOf } from '../verdict-of.ts';

type Environment = Artifacts['environment'];
type Distribution = Environment['distributions'][number];

/** Tools of installation: two versions are ordinary, and no job imports them. */
const TOOLS = new Set(['pip', 'setuptools', 'wheel', 'uv', 'virtualenv']);

const FROM: Readonly<Record<string, string>> = {
  pythonpath: 'PYTHONPATH',
  user: "the user's own packages",
  pth: 'a .pth file',
};

export const hiddenDistribution = defineAudit({
  id: 'hidden-distribution',
  category: 'packaging',
  question: 'Is each distribution there once, and is it the one that is imported?',
  needs: ['environment'],

  answer({ environment }): Verdict {
    const byName = new Map<string, Distribution[]>();
    for (const distribution of environment.distributions) {
      const name = normalName(distribution.name);
      if (!TOOLS.has(name)) byName.set(name, [...(byName.get(name) ?? []), distribution]);
    }
    const findings = [...byName.values()].flatMap((copies) => findingsOf(copies, environment));
    return verdictOf(findings);
  },
});

/** The first on the search path wins; what its environment has of that name is hidden, or half overwritten. */
function findingsOf([winner, ...others]: readonly Distribution[], { sites }: Environment): Finding[] {
  if (!winner) return [];
  return others.flatMap((loser) => {
    if (loser.version === winner.version) return [];
    const [of, behind] = [sites[winner.site], sites[loser.site]];
    if (!of || !behind) return [];
    if (winner.site === loser.site) return [twiceInOne(winner, loser, of.path)];
    const isFromOutside = of.origin === 'pythonpath' || of.origin === 'user';
    return isFromOutside && behind.origin === 'own' ? [hiddenBy(winner, loser, of, behind.path)] : [];
  });
}

function hiddenBy(
  winner: Distribution,
  loser: Distribution,
  of: Environment['sites'][number],
  behind: string,
): Finding {
  const from = FROM[of.origin] ?? of.origin;
  return {
    message: `${from} puts ${winner.name} ${winner.version} before the ${loser.version} of the environment`,
    severity: 'warning',
    confidence: 'certain',
    harm: 'wrong-data',
    fixer: 'user',
    fix:
      of.origin === 'user'
        ? 'Set PYTHONNOUSERSITE=1 in the job script'
        : `Unload the module that adds ${of.path} to PYTHONPATH, or unset PYTHONPATH in the job script`,
    check: `python -m pip show ${winner.name} names the folder of the environment`,
    subject: winner.name,
    evidence: [
      factEvidence({ 'is imported': `${winner.version} in ${of.path}`, 'is hidden': `${loser.version} in ${behind}` }),
    ],
  };
}

function twiceInOne(one: Distribution, other: Distribution, folder: string): Finding {
  return {
    message: `${folder} has metadata of ${one.name} ${one.version} and ${other.version}: which files are of which is not known any more`,
    severity: 'warning',
    confidence: 'certain',
    harm: 'wrong-data',
    fixer: 'user',
    fix: `Run python -m pip install --force-reinstall --no-deps ${one.name}, after removing both metadata folders`,
    check: 'one metadata folder of that name is left',
    subject: one.name,
    evidence: [factEvidence({ 'metadata folder': one.metadata, 'and also': other.metadata, in: folder })],
  };
}
