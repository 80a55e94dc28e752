import { formatCount, formatCountOf, sum } from '#base';
import type { StartArtifacts } from '#scale';
import type { Access, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence, pathEvidence, tally } from '../evidence.ts';
import { type SharedStorage, START, sharedStorage } from '../shared-storage.ts';
import { verdictOf } from '../verdict-of.ts';
import { confidenceOf, NOTEWORTHY_OPERATIONS, NOTEWORTHY_SHARE, severityOf } from '../weight.ts';
import { costText } from '../wording.ts';

export const metadataScan = defineAudit({
  id: 'metadata-scan',
  category: 'start-up',
  question: 'Does the start read the metadata of installed distributions, or search their entry points?',
  needs: START,

  answer(artifacts): Verdict {
    const { accesses, imports } = artifacts;
    const scans = accesses.accesses.filter(isScan);
    if (scans.length === 0) return { kind: 'pass' };
    const shared = sharedStorage(artifacts);
    const modules = new Map(imports.nodes.map(({ id, module }) => [id, module]));
    const askers = Map.groupBy(scans, (access) => modules.get(access.import) ?? '__main__');
    const findings = [...askers].map(([module, made]) => findingFor(module, made, shared, artifacts));
    return verdictOf(findings.filter((finding) => finding !== undefined));
  },
});

const isScan = ({ cause, phase }: Access) => cause === 'metadata-scan' && phase === 'start';

function findingFor(
  module: string,
  made: readonly Access[],
  shared: SharedStorage,
  { accesses, target }: StartArtifacts,
): Finding | undefined {
  const imports = new Set(made.map((access) => access.import));
  const cost = shared.model.saving((access) => isScan(access) && imports.has(access.import));
  const operations = sum(made, ({ count }) => count);
  const all = sum(accesses.accesses, ({ phase, count }) => (phase === 'start' ? count : 0));
  const standsOut = operations >= NOTEWORTHY_OPERATIONS && operations >= NOTEWORTHY_SHARE * all;
  const severity = severityOf(cost, shared) ?? (standsOut ? 'note' : undefined);
  if (!severity) return undefined;
  const distributions = distributionsIn(made, shared);
  return {
    message:
      `${module} reads the metadata of ${formatCountOf(distributions.length, 'distribution')} at start: ` +
      `${formatCount(operations)} file operations per rank; ${costText(cost, target)}`,
    severity,
    confidence: confidenceOf(cost, target),
    harm: 'cost',
    cost,
    fixer: module === '__main__' ? 'user' : 'package',
    check: 'audit the job again: the calls by cause no longer list the metadata scan',
    subject: module,
    evidence: [
      factEvidence({ 'distributions whose metadata was read': String(distributions.length) }),
      pathEvidence(
        'operations per rank',
        tally(
          made,
          (access) => shared.textOf(access),
          ({ count }) => count,
        ),
      ),
    ],
  };
}

function distributionsIn(made: readonly Access[], shared: SharedStorage): string[] {
  const names = made.flatMap((access) => /[^/]+\.(dist-info|egg-info)(?=\/|$)/.exec(shared.textOf(access))?.[0] ?? []);
  return [...new Set(names)];
}
