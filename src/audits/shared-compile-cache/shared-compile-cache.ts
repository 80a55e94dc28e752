import { formatCount, sum } from '#base';
import { type CompileCache, compileCaches } from '#knowledge';
import type { StartArtifacts } from '#scale';
import type { Access, Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence, pathEvidence, tally } from '../evidence.ts';
import { packageOf } from '../import-tree.ts';
import { type SharedStorage, START, sharedStorage } from '../shared-storage.ts';
import { verdictOf } from '../verdict-of.ts';
import { confidenceOf, severityOf } from '../weight.ts';
import { condition, costAtScale } from '../wording.ts';

export const sharedCompileCache = defineAudit({
  id: 'shared-compile-cache',
  category: 'start-up',
  question: 'Is a compile cache that every rank uses on shared storage?',
  needs: [...START, 'activities'],

  answer(artifacts): Verdict {
    const loaded = new Set(artifacts.imports.nodes.map(({ module }) => packageOf(module)));
    const caches = compileCaches.filter(({ packages }) => packages.some((name) => loaded.has(name)));
    if (caches.length === 0)
      return { kind: 'inapplicable', because: 'no package that keeps a compile cache was imported' };
    const shared = sharedStorage(artifacts);
    const findings = caches.map((cache) => findingFor(cache, shared, artifacts));
    return verdictOf(findings.filter((finding) => finding !== undefined));
  },
});

function findingFor(
  cache: CompileCache,
  shared: SharedStorage,
  artifacts: StartArtifacts & Pick<Artifacts, 'activities'>,
): Finding | undefined {
  const { accesses, imports, target } = artifacts;
  const owners = new Set(imports.nodes.filter(({ module }) => module === cache.owner).map(({ id }) => id));
  const paths = new Set(accesses.accesses.filter((access) => shared.isShared(access)).map(({ path }) => path));
  for (const path of paths) if (!cache.path.test(shared.textOf({ path }))) paths.delete(path);
  const isCache = (access: Access) =>
    paths.has(access.path) ||
    (owners.has(access.import) && accesses.paths[access.path]?.removed === true && shared.isShared(access));
  const touched = accesses.accesses.filter((access) => access.phase !== 'before-exec' && isCache(access));
  const written = artifacts.activities.activities.filter(
    ({ path, mount = 0 }) => path !== undefined && cache.path.test(path) && shared.placeAt(path, mount),
  );
  const operations = sum(touched, ({ count }) => count) + sum(written, ({ count }) => count);
  if (operations === 0) return undefined;
  const cost = shared.model.saving(isCache);
  return {
    message:
      `${condition(target, 'the cache')}${cache.name} keeps its cache on shared storage, and each rank touches it ` +
      `${formatCount(operations)} times; ${costAtScale(cost, target)}`,
    severity: severityOf(cost, shared) ?? 'note',
    confidence: confidenceOf(cost, target),
    harm: 'cost',
    cost,
    fixer: 'user',
    check: `set ${cache.variable} to a folder on node-local storage and audit the job again: nothing on shared storage is touched for it`,
    subject: cache.name,
    evidence: [
      factEvidence({ 'moved by': cache.variable }),
      pathEvidence('operations per rank', [
        ...tally(
          touched,
          (access) => shared.textOf(access),
          ({ count }) => count,
        ),
        ...written.map(({ path = '', count, kind }) => ({ path, count, note: kind })),
      ]),
    ],
  };
}
