import { formatCountOf } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { bringerOf } from '../environment-objects.ts';
import { factEvidence, fileEvidence } from '../evidence.ts';
import { nameSome } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

type Environment = Artifacts['environment'];
type Unlike = NonNullable<Environment['unlike']>[number];

export const unlikeCopies = defineAudit({
  id: 'unlike-copies',
  category: 'packaging',
  question: 'Can each copy of a library stand in for the others of its name?',
  needs: ['environment'],

  answer({ environment }): Verdict {
    return verdictOf((environment.unlike ?? []).map((one) => findingOf(one, environment)));
  },
});

function findingOf({ soname, copies }: Unlike, environment: Environment): Finding {
  const objects = new Map(environment.objects.map((object) => [object.path, object]));
  const bringer = (path: string) => {
    const object = objects.get(path);
    return object ? bringerOf(environment, object) : path;
  };
  const short = copies.filter(({ lacking }) => lacking > 0);
  const [poorest] = [...short].sort((a, b) => b.lacking - a.lacking);
  const [lack] = poorest?.lacks ?? [];
  const bringers = [...new Set(copies.map(({ path }) => bringer(path)))];
  const example =
    poorest && lack ? `: that of ${bringer(poorest.path)} lacks ${lack.symbol}, which ${bringer(lack.user)} needs` : '';
  return {
    message: `${formatCountOf(copies.length, 'copy', 'copies')} of ${soname}, of ${nameSome(bringers)}, differ in their symbols, and the one that is imported first serves all${example}`,
    severity: 'warning',
    confidence: 'possible',
    harm: 'crash',
    fixer: 'user',
    fix: 'Take releases of the packages that need one version of it; until then import first what needs the newest',
    check: 'python imports both packages in both orders',
    subject: soname,
    evidence: [
      fileEvidence(
        'copies',
        copies.map(({ path, lacking }) => ({
          path,
          note: lacking > 0 ? `lacks ${formatCountOf(lacking, 'symbol')} that others need` : 'has what others need',
        })),
      ),
      factEvidence(
        Object.fromEntries(
          short.flatMap(({ lacks }) => lacks.map(({ symbol, user }) => [symbol, `needed by ${user}`] as const)),
        ),
      ),
    ],
  };
}
