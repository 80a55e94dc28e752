import { formatCountOf, sum } from '#base';
import type { StartArtifacts } from '#scale';
import { type Access, type Artifacts, type Finding, isWithin, type Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence, pathEvidence, tally } from '../evidence.ts';
import { packageOf } from '../import-tree.ts';
import { START, sharedStorage } from '../shared-storage.ts';
import { verdictOf } from '../verdict-of.ts';
import { confidenceOf, NOTEWORTHY_OPERATIONS, severityOf } from '../weight.ts';
import { costText } from '../wording.ts';

const SWITCHED_OFF: Verdict = { kind: 'inapplicable', because: "the user's site folder is switched off" };

export const homeUserSite = defineAudit({
  id: 'home-user-site',
  category: 'start-up',
  question: "Does the start search the user's site folder in the home directory?",
  needs: [...START, 'python'],

  answer(artifacts): Verdict {
    const { userSite, flags } = artifacts.python;
    if (flags.isolated || flags.noSite || flags.noUserSite) return SWITCHED_OFF;
    if (!userSite) return { kind: 'unknown', because: "the interpreter's user site folder was not recorded" };
    if (!userSite.enabled) return SWITCHED_OFF;

    const shared = sharedStorage(artifacts);
    const isHere = (access: Access) => access.phase !== 'after-start' && isWithin(shared.textOf(access), userSite.path);
    const here = artifacts.accesses.accesses.filter((access) => isHere(access) && shared.isShared(access));
    if (here.length === 0) return { kind: 'pass' };

    const cost = shared.model.saving(isHere);
    const packages = packagesIn(userSite.path, artifacts);
    const operations = sum(here, ({ count }) => count);
    // Loaded from home, a package wins over the environment's own: that is worth knowing at any price.
    const standsOut = packages.length > 0 || operations >= NOTEWORTHY_OPERATIONS;
    const severity = severityOf(cost, shared) ?? (standsOut ? 'note' : undefined);
    if (!severity)
      return { kind: 'pass', notes: [`${formatCountOf(operations, 'operation')} per rank below ${userSite.path}`] };
    const finding: Finding = {
      message: `${userSite.path}, in the home directory, is asked ${formatCountOf(operations, 'time')} by each rank and ${gave(packages)}; ${costText(cost, artifacts.target)}`,
      severity,
      confidence: confidenceOf(cost, artifacts.target),
      harm: 'cost',
      cost,
      fixer: 'user',
      check: '`python -m site` says ENABLE_USER_SITE: False, and the job loads the same packages',
      subject: userSite.path,
      evidence: [
        factEvidence({ 'packages loaded from it': packages.join(', ') || 'none' }),
        pathEvidence(
          'operations per rank',
          tally(
            here,
            (access) => shared.textOf(access),
            ({ count }) => count,
          ),
        ),
      ],
    };
    return verdictOf([finding]);
  },
});

function packagesIn(folder: string, { imports }: Pick<Artifacts, 'imports'> & StartArtifacts): string[] {
  const inside = imports.nodes.filter(({ origin }) => origin !== undefined && isWithin(origin, folder));
  return [...new Set(inside.map(({ module }) => packageOf(module)))].sort();
}

function gave(packages: readonly string[]): string {
  if (packages.length === 0) return 'gives nothing to the run';
  return `gives ${packages.slice(0, 3).join(', ')}${packages.length > 3 ? ` and ${packages.length - 3} more` : ''}`;
}
