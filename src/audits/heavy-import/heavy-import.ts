import { formatCountOf, formatPercent, formatSeconds, sum } from '#base';
import type { StartArtifacts } from '#scale';
import type { Cost, Finding, ImportNode, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { moduleEvidence } from '../evidence.ts';
import { type ImportTree, importTree, packagesOf } from '../import-tree.ts';
import { type ImportWeights, importWeights, type Weight } from '../import-weights.ts';
import { START } from '../shared-storage.ts';
import { confidenceOf, severityOf } from '../weight.ts';
import { costText } from '../wording.ts';

/** One module among hundreds: a twentieth of the start is far more than its part. */
const NOTEWORTHY_MODULE_SHARE = 0.05;

/** More than these are never read. */
const MOST_FINDINGS = 10;

export const heavyImport = defineAudit({
  id: 'heavy-import',
  category: 'start-up',
  question: 'Does a single module or package take a large part of the start?',
  needs: START,

  answer(artifacts): Verdict {
    const tree = importTree(artifacts.imports);
    if (tree.nodes.length === 0) return { kind: 'inapplicable', because: 'no import was seen in the start' };
    const weights = importWeights(artifacts, tree);

    const modules = heavyModules(tree, weights, artifacts);
    const packages = heavyPackages(tree, weights, artifacts, new Set(modules.map(({ node }) => node.id)));
    // Modules first: where one file takes the time, its package and whoever imports it only pass it on.
    const [first, ...rest] = [...modules, ...packages].flatMap(({ finding }) => (finding ? [finding] : []));
    if (first) return { kind: 'fail', findings: [first, ...rest.slice(0, MOST_FINDINGS - 1)] };
    const notes = packages.map(({ note }) => note).slice(0, 3);
    return notes.length > 0 ? { kind: 'pass', notes } : { kind: 'pass' };
  },
});

/** Modules whose own body stands out, whatever the scale: largest share first. */
function heavyModules(tree: ImportTree, weights: ImportWeights, artifacts: StartArtifacts) {
  return tree.nodes
    .map((node) => ({ node, weight: weights.weigh(new Set([node.id])) }))
    .filter(({ weight }) => weights.standsOut(weight, NOTEWORTHY_MODULE_SHARE))
    .sort((a, b) => b.weight.share - a.weight.share)
    .slice(0, MOST_FINDINGS)
    .map(({ node, weight }) => ({ node, finding: moduleFinding(node, weight, tree, weights, artifacts) }));
}

function moduleFinding(
  node: ImportNode,
  weight: Weight,
  tree: ImportTree,
  weights: ImportWeights,
  { target }: StartArtifacts,
): Finding {
  const cost = weights.costOf(new Set([node.id]));
  const by = tree.pulledInBy(node);
  return {
    message: `${node.module} itself takes ${amounts(weight)} per rank, ${formatPercent(weight.share)} of the start; ${asked(by)}; ${costText(cost, target)}`,
    severity: severityOf(cost, weights.shared) ?? 'note',
    // One run: on a busy node any module may have been the one that had to wait.
    confidence: weights.standsOutByOperations(weight, NOTEWORTHY_MODULE_SHARE)
      ? confidenceOf(cost, target)
      : 'possible',
    harm: 'cost',
    cost,
    fixer: fixerOf(node, tree),
    check: `\`python -X importtime\` shows ${node.module} with a smaller self time, and \`pharos diff\` fewer calls`,
    subject: node.module,
    evidence: [
      moduleEvidence('what it takes, and who asked for it', [
        { ...weights.row(node, by), requests: weights.requestsOf(new Set([node.id])) },
      ]),
    ],
  };
}

/** Packages by what their own modules cost, without those already named. */
function heavyPackages(
  tree: ImportTree,
  weights: ImportWeights,
  artifacts: StartArtifacts,
  named: ReadonlySet<number>,
) {
  return packagesOf(tree)
    .map((one) => ({ ...one, own: one.own.filter(({ id }) => !named.has(id)) }))
    .map((one) => ({ ...one, weight: weights.weigh(new Set(one.own.map(({ id }) => id))) }))
    .filter(({ weight }) => weights.standsOut(weight))
    .map((one) => ({ ...one, cost: weights.costOf(new Set(one.own.map(({ id }) => id))) }))
    .sort((a, b) => b.cost.value - a.cost.value)
    .map((one) => {
      const message = packageMessage(one.name, one, tree, artifacts);
      return { note: message, finding: packageFinding(one, message, tree, weights, artifacts) };
    });
}

interface HeavyPackage {
  readonly name: string;
  readonly own: readonly ImportNode[];
  readonly roots: readonly ImportNode[];
  readonly weight: Weight;
  readonly cost: Cost;
}

function packageMessage(
  name: string,
  { own, roots, weight, cost }: HeavyPackage,
  tree: ImportTree,
  { target }: StartArtifacts,
) {
  const cumulative = sum(roots, ({ totalSeconds }) => totalSeconds);
  const [root] = roots;
  const by = root ? asked(tree.pulledInBy(root)) : 'asked for in the start';
  return (
    `${name} takes ${amounts(weight)} per rank in ${formatCountOf(own.length, 'module')} of its own, ` +
    `${formatSeconds(cumulative)} with what it pulls in; ${by}; ${costText(cost, target)}`
  );
}

function packageFinding(
  { name, own, roots, cost }: HeavyPackage,
  message: string,
  tree: ImportTree,
  weights: ImportWeights,
  { target }: StartArtifacts,
): Finding | undefined {
  const severity = severityOf(cost, weights.shared);
  const [root] = roots;
  if (!severity || !root) return undefined;
  const largest = [...own].sort((a, b) => b.selfSeconds - a.selfSeconds);
  return {
    message,
    severity,
    confidence: confidenceOf(cost, target),
    harm: 'cost',
    cost,
    fixer: fixerOf(root, tree),
    check: `\`python -X importtime\` no longer shows ${name} in the start, or with less time`,
    subject: name,
    evidence: [
      moduleEvidence(
        `where ${name} is asked for`,
        roots.map((node) => weights.row(node, tree.pulledInBy(node))),
      ),
      moduleEvidence(
        `modules of ${name} by their own time`,
        largest.map((node) => weights.row(node, tree.pulledInBy(node))),
      ),
    ],
  };
}

function amounts({ seconds, operations }: Weight): string {
  return `${formatSeconds(seconds)} and ${formatCountOf(operations, 'file operation')}`;
}

function asked(by: readonly string[]): string {
  return `asked for by ${by.slice(-3).join(' > ')}`;
}

/** Whoever wrote the code that asks can ask later, or not at all. */
function fixerOf(node: ImportNode, tree: ImportTree): Finding['fixer'] {
  const asker = tree.parentOf(node);
  return asker && /\/(site|dist)-packages\//.test(asker.origin ?? '') ? 'package' : 'user';
}
