import { formatCountOf, sum } from '#base';
import type { StartArtifacts } from '#scale';
import type { Access, Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence, pathEvidence } from '../evidence.ts';
import { importTree } from '../import-tree.ts';
import { onlyTheFirstTime, type SharedStorage, START, sharedStorage, unknownMounts } from '../shared-storage.ts';
import { verdictOf } from '../verdict-of.ts';
import { confidenceOf, severityOf } from '../weight.ts';
import { condition, scaleText } from '../wording.ts';

/** Operations that change a file system. */
const CHANGES: ReadonlySet<string> = new Set(['create', 'write', 'rename', 'unlink', 'mkdir', 'lock']);

/** One thing that a module changes on shared storage. */
interface Change {
  readonly module: string;
  readonly path: string;
  readonly what: string;
  readonly count: number;
}

export const sharedWriteAtStart = defineAudit({
  id: 'shared-write-at-start',
  category: 'start-up',
  question: 'Does an import write to shared storage on every rank?',
  needs: [...START, 'activities'],

  answer(artifacts): Verdict {
    const shared = sharedStorage(artifacts);
    const changes = [...fromAccesses(artifacts, shared), ...fromActivities(artifacts, shared)];
    const modules = Map.groupBy(changes, ({ module }) => module);
    const findings = [...modules].map(([module, made]) => findingFor(module, made, shared, artifacts));
    if (findings.length > 0) return verdictOf(findings);
    const unknown = unknownMounts(artifacts, isChange);
    if (unknown.length === 0) return { kind: 'pass' };
    return { kind: 'unknown', because: `whether ${unknown.join(', ')} is shared storage is not known` };
  },
});

/** Bytecode has its own audit; what the script itself writes is its work. */
const isChange = ({ phase, operation, cause, error, import: id }: Access) =>
  phase === 'start' && CHANGES.has(operation) && cause !== 'bytecode-write' && error === '' && id !== 0;

function fromAccesses({ accesses, imports }: StartArtifacts, shared: SharedStorage): Change[] {
  const modules = new Map(imports.nodes.map(({ id, module }) => [id, module]));
  return accesses.accesses
    .filter((access) => isChange(access) && shared.isShared(access))
    .map((access) => ({
      module: modules.get(access.import) ?? 'an import',
      path: shared.textOf(access),
      what: access.operation,
      count: access.count,
    }));
}

/** The replay leaves out imports that write, so that nothing is written twice: the one run tells of them. */
function fromActivities(
  { activities, accesses }: Pick<Artifacts, 'activities' | 'accesses'>,
  shared: SharedStorage,
): Change[] {
  const seen = new Set(accesses.accesses.filter(isChange).map((access) => shared.textOf(access)));
  return activities.activities.flatMap(({ kind, module, inStart, path, mount = 0, count }) => {
    if (!inStart || (kind !== 'write' && kind !== 'lock') || module === '__main__' || path === undefined) return [];
    if (!shared.placeAt(path, mount) || seen.has(path) || /\.pyc(\.\d+)?$/.test(path)) return [];
    return [{ module, path, what: kind, count }];
  });
}

function findingFor(
  module: string,
  changes: readonly Change[],
  shared: SharedStorage,
  artifacts: StartArtifacts,
): Finding {
  const { imports, target } = artifacts;
  const tree = importTree(imports);
  const nodes = tree.nodes.filter((node) => node.module === module);
  const ids = new Set(nodes.map(({ id }) => id));
  const cost = shared.model.saving((access) => isChange(access) && ids.has(access.import));
  const paths = new Set(changes.map(({ path }) => path));
  const locks = sum(changes, ({ what, count }) => (what === 'lock' ? count : 0));
  const [node] = nodes;
  return {
    message:
      `${condition(target)}${module} changes ${formatCountOf(paths.size, 'file')} on shared storage ${onlyTheFirstTime(artifacts) ? 'the first time it is imported' : 'while it is imported'}, ` +
      `from every rank of ${scaleText(target)} at once${locks > 0 ? ', under a lock' : ''}`,
    severity: severityOf(cost, shared) ?? 'note',
    confidence: confidenceOf(cost, target),
    harm: 'cost',
    cost,
    fixer: 'user',
    check: 'audit the job again: no import writes to shared storage',
    subject: module,
    evidence: [
      factEvidence({ 'asked for by': node ? tree.pulledInBy(node).join(' > ') : 'not seen' }),
      pathEvidence(
        'what each rank changes',
        changes.map(({ path, what, count }) => ({ path, count, note: what })),
      ),
    ],
  };
}
