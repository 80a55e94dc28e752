import { formatCountOf, formatSeconds, sum } from '#base';
import type { StartArtifacts } from '#scale';
import type { Finding, ImportNode, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { moduleEvidence } from '../evidence.ts';
import { type ImportTree, importTree, packageOf } from '../import-tree.ts';
import { type ImportWeights, importWeights } from '../import-weights.ts';
import { START } from '../shared-storage.ts';
import { verdictOf } from '../verdict-of.ts';
import { confidenceOf, severityOf } from '../weight.ts';
import { costText } from '../wording.ts';

/** Packages for tests and for documentation: their documentation says so. */
const TOOLS = new Set([
  'conftest',
  'docutils',
  'doctest',
  'hypothesis',
  'mkdocs',
  'nose',
  'numpydoc',
  'pydoc',
  'pydoc_data',
  'pytest',
  '_pytest',
  'sphinx',
  'test',
  'tests',
  'unittest',
]);

/** Subpackages that hold a package's tests. A `testing` package is made for users, and is left alone. */
const TESTS = /\.(tests?|conftest)(\.|$)/;

export const testModuleImport = defineAudit({
  id: 'test-module-import',
  category: 'start-up',
  question: 'Does the start import test or documentation modules?',
  needs: START,

  answer(artifacts): Verdict {
    const tree = importTree(artifacts.imports);
    if (tree.nodes.length === 0) return { kind: 'inapplicable', because: 'no import was seen in the start' };
    const entered = tree.nodes.filter((node) => isForTests(node) && !tree.around(node).some(isForTests));
    // A script that asks for them itself is a test, or makes documentation.
    const pulledIn = entered.filter(({ parent, level }) => parent !== undefined || level !== 'main');
    const weights = importWeights(artifacts, tree);
    const groups = Map.groupBy(pulledIn, ({ module }) => subjectOf(module));
    const findings = [...groups].map(([subject, nodes]) => findingFor(subject, nodes, tree, weights, artifacts));
    return verdictOf(findings.filter((finding) => finding !== undefined));
  },
});

const isForTests = ({ module, outcome }: ImportNode) =>
  outcome !== 'missing' && (TOOLS.has(packageOf(module)) || TESTS.test(module));

/** `unittest` for `unittest.mock`, `pandas.tests` for `pandas.tests.io.test_sql`. */
function subjectOf(module: string): string {
  if (TOOLS.has(packageOf(module))) return packageOf(module);
  return TESTS.exec(module) ? module.replace(/^(.*?\.(tests?|conftest))(\..*)?$/, '$1') : module;
}

function findingFor(
  subject: string,
  roots: readonly ImportNode[],
  tree: ImportTree,
  weights: ImportWeights,
  { target }: StartArtifacts,
): Finding | undefined {
  const inside = tree.within(roots);
  const cost = weights.costOf(inside);
  const weight = weights.weigh(inside);
  const severity = severityOf(cost, weights.shared) ?? (weights.standsOut(weight) ? 'note' : undefined);
  const [root] = roots;
  if (!severity || !root) return undefined;
  const by = tree.pulledInBy(root);
  return {
    message:
      `${subject} is for tests or documentation, and ${by.at(-1)} imports it at start with ${formatCountOf(inside.size, 'module')}: ` +
      `${formatSeconds(sum(roots, ({ totalSeconds }) => totalSeconds))} and ${formatCountOf(weight.operations, 'file operation')} per rank; ${costText(cost, target)}`,
    severity,
    confidence: confidenceOf(cost, target),
    harm: 'cost',
    cost,
    fixer: by.length > 1 ? 'package' : 'user',
    check: `\`python -X importtime\` no longer lists ${subject}`,
    subject,
    evidence: [
      moduleEvidence(
        'who asks for it',
        roots.map((node) => weights.row(node, tree.pulledInBy(node))),
      ),
    ],
  };
}
