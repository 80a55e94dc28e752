import { formatCount, formatCountOf, sum } from '#base';
import type { StartArtifacts } from '#scale';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { importTree } from '../import-tree.ts';
import { onlyTheFirstTime, type SharedStorage, START, sharedStorage } from '../shared-storage.ts';
import { verdictOf } from '../verdict-of.ts';
import { confidenceOf, severityOf } from '../weight.ts';
import { costText } from '../wording.ts';

type Activity = Artifacts['activities']['activities'][number];

export const processAtImport = defineAudit({
  id: 'process-at-import',
  category: 'start-up',
  question: 'Does an import start other processes?',
  needs: [...START, 'activities'],

  answer(artifacts): Verdict {
    const spawns = artifacts.activities.activities.filter(
      // What the script itself starts is its work, not an import's.
      ({ kind, inStart, module }) => kind === 'spawn' && inStart && module !== '' && module !== '__main__',
    );
    const shared = sharedStorage(artifacts);
    const modules = Map.groupBy(spawns, ({ module }) => module);
    return verdictOf([...modules].map(([module, made]) => findingFor(module, made, shared, artifacts)));
  },
});

function findingFor(
  module: string,
  spawns: readonly Activity[],
  shared: SharedStorage,
  artifacts: StartArtifacts,
): Finding {
  const { imports, accesses, target } = artifacts;
  const ids = new Set(imports.nodes.filter((node) => node.module === module).map(({ id }) => id));
  const isTheirs = ({ cause, import: id }: { cause: string; import: number }) => cause === 'spawn' && ids.has(id);
  const cost = shared.model.saving(isTheirs);
  const count = sum(spawns, (spawn) => spawn.count);
  const programs = [...new Set(spawns.map(({ path, detail }) => detail ?? path ?? 'not recorded'))];
  const operations = sum(accesses.accesses.filter(isTheirs), (access) => access.count);
  const tree = importTree(imports);
  const node = tree.nodes.find((one) => one.module === module);
  return {
    message:
      `${module} starts ${formatCountOf(count, 'process', 'processes')} ${onlyTheFirstTime(artifacts) ? 'the first time it is imported' : 'while it is imported'}, on each rank: ` +
      `${formatCount(count * target.nodes * target.ranksPerNode)} at the scale asked for; ${costText(cost, target)}`,
    severity: severityOf(cost, shared) ?? 'note',
    confidence: confidenceOf(cost, target),
    harm: 'cost',
    cost,
    fixer: 'package',
    check: 'audit the job again: the import starts no process',
    subject: module,
    evidence: [
      factEvidence({
        programs: programs.slice(0, 10).join(', '),
        'file operations of these processes, per rank': formatCount(operations),
        'asked for by': node ? tree.pulledInBy(node).join(' > ') : 'not seen',
      }),
    ],
  };
}
