import { formatCountOf, formatSeconds } from '#base';
import type { StartArtifacts } from '#scale';
import type { Finding, ImportNode, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { moduleEvidence } from '../evidence.ts';
import { type ImportTree, importTree } from '../import-tree.ts';
import { type ImportWeights, importWeights } from '../import-weights.ts';
import { START } from '../shared-storage.ts';
import { verdictOf } from '../verdict-of.ts';
import { severityOf } from '../weight.ts';
import { costText } from '../wording.ts';

export const unusedImport = defineAudit({
  id: 'unused-import',
  category: 'start-up',
  question: 'Does the script import at start what it never uses?',
  needs: START,

  answer(artifacts): Verdict {
    const { unused } = artifacts.imports;
    if (!unused) return { kind: 'unknown', because: 'which imports the script uses could not be told' };
    const tree = importTree(artifacts.imports);
    const weights = importWeights(artifacts, tree);
    const names = new Set(unused);
    // What another import had loaded before costs nothing here: only imports at module level of `__main__` count.
    const asked = tree.nodes.filter(
      (node) => node.parent === undefined && node.level === 'main' && names.has(node.module),
    );
    const findings = asked.map((node) => findingFor(node, tree, weights, artifacts));
    return verdictOf(findings.filter((finding) => finding !== undefined));
  },
});

function findingFor(
  node: ImportNode,
  tree: ImportTree,
  weights: ImportWeights,
  { target }: StartArtifacts,
): Finding | undefined {
  const inside = tree.within([node]);
  // Reasoned from the source, not seen in the run; and where others need all that it loads, nothing is saved.
  const cost = { ...weights.costOf(inside), low: 0, basis: 'inferred' as const };
  const weight = weights.weigh(inside);
  if (!severityOf(cost, weights.shared) && !weights.standsOut(weight)) return undefined;
  return {
    message:
      `${node.module} is imported by the script and its name is never used: ${formatSeconds(weight.seconds)} and ` +
      `${formatCountOf(weight.operations, 'file operation')} per rank, unless another import needs it too; ${costText(cost, target)}`,
    // Reasoned from the source: never more than a hint, whatever it would save.
    severity: 'note',
    confidence: 'possible',
    harm: 'cost',
    cost,
    fixer: 'user',
    check: 'take the import out and run the job: the result is the same, and `pharos diff` shows fewer calls',
    subject: node.module,
    evidence: [moduleEvidence('imported and not used', [weights.row(node, tree.pulledInBy(node))])],
  };
}
