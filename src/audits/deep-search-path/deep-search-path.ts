import { formatCount, formatCountOf, sum } from '#base';
import type { StartArtifacts } from '#scale';
import { type Artifacts, type Finding, isWithin, type Python, SEARCH_PATH_SUBJECTS, type Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { packageOf } from '../import-tree.ts';
import { type SharedStorage, START, sharedStorage } from '../shared-storage.ts';
import { verdictOf } from '../verdict-of.ts';
import { confidenceOf, NOTEWORTHY_OPERATIONS, NOTEWORTHY_SHARE, severityOf } from '../weight.ts';
import { costText } from '../wording.ts';

type Origin = Python['pathEntries'][number]['origin'];

const ADDED: Partial<Record<Origin, string>> = SEARCH_PATH_SUBJECTS;

interface Entry {
  readonly path: string;
  readonly origin: Origin;
  readonly exists?: boolean | undefined;
  /** Times the import system looked at it in the start. */
  readonly lookups: number;
  /** Packages and modules that the run took from it. */
  readonly hits: number;
}

export const deepSearchPath = defineAudit({
  id: 'deep-search-path',
  category: 'start-up',
  question: 'Are entries of sys.path searched in vain?',
  needs: [...START, 'python'],

  answer(artifacts): Verdict {
    const { python, imports } = artifacts;
    if (python.pathEntries.length === 0) {
      return { kind: 'unknown', because: 'the entries of sys.path were not recorded' };
    }
    if (imports.nodes.length === 0) return { kind: 'inapplicable', because: 'no import was seen in the start' };

    const shared = sharedStorage(artifacts);
    const entries = entriesOf(artifacts, shared);
    const idle = entries.filter(({ origin, hits, lookups }) => ADDED[origin] && hits === 0 && lookups > 0);
    const origins = [...new Set(idle.map(({ origin }) => origin))];
    const findings = origins.map((origin) => findingFor(origin, idle, entries, shared, artifacts));
    return verdictOf(findings.filter((finding) => finding !== undefined));
  },
});

function entriesOf(
  { python, imports, accesses }: Pick<Artifacts, 'python' | 'imports' | 'accesses'>,
  shared: SharedStorage,
): Entry[] {
  // The deepest entry first: entries may lie inside each other.
  const paths = python.pathEntries.map(({ path }) => path).sort((a, b) => b.length - a.length);
  const used = new Map<string, Set<string>>(paths.map((path) => [path, new Set()]));
  const use = (path: string, what: string) => used.get(paths.find((entry) => isWithin(path, entry)) ?? '')?.add(what);
  const lookups = new Map<string, number>();

  for (const { origin, module } of imports.nodes) if (origin !== undefined) use(origin, packageOf(module));
  for (const access of accesses.accesses) {
    const path = shared.textOf(access);
    if (used.has(path)) {
      if (access.phase === 'start' && access.operation === 'stat') {
        lookups.set(path, (lookups.get(path) ?? 0) + access.count);
      }
    } else if (access.operation === 'open' && access.error === '') {
      use(path, path);
    }
  }
  return python.pathEntries.map(({ path, origin, exists }) => ({
    path,
    origin,
    exists,
    lookups: lookups.get(path) ?? 0,
    hits: used.get(path)?.size ?? 0,
  }));
}

function findingFor(
  origin: Origin,
  allIdle: readonly Entry[],
  entries: readonly Entry[],
  shared: SharedStorage,
  { accesses, target }: StartArtifacts,
): Finding | undefined {
  const idle = allIdle.filter((entry) => entry.origin === origin);
  const paths = new Set(idle.map(({ path }) => path));
  const cost = shared.model.saving((access) => access.phase !== 'after-start' && paths.has(shared.textOf(access)));
  const vain = sum(idle, ({ lookups }) => lookups);
  const all = sum(accesses.accesses, ({ phase, count }) => (phase === 'start' ? count : 0));
  const standsOut = vain >= NOTEWORTHY_OPERATIONS && vain >= NOTEWORTHY_SHARE * all;
  const severity = severityOf(cost, shared) ?? (standsOut ? 'note' : undefined);
  const [worst] = [...idle].sort((a, b) => b.lookups - a.lookups);
  const subject = ADDED[origin];
  if (!severity || !worst || subject === undefined) return undefined;

  const given = entries.filter((entry) => entry.origin === origin);
  const absent = idle.filter(({ exists }) => exists === false).length;
  return {
    message:
      `${subject}: ${idle.length} of ${formatCountOf(given.length, 'entry', 'entries')} gave nothing to the run and each rank ` +
      `looked at them ${formatCount(vain)} times${absent > 0 ? `, ${formatCount(absent)} of them not there` : ''}, most at ${worst.path}; ${costText(cost, target)}`,
    severity,
    confidence: confidenceOf(cost, target),
    harm: 'cost',
    cost,
    fixer: 'user',
    check: `audit the job again: ${worst.path} is no longer in the search path, and the same modules are loaded`,
    subject,
    evidence: [
      {
        kind: 'search-path',
        name: 'sys.path',
        entries: entries.slice(0, 100).map(({ path, origin: from, lookups, hits }) => ({ path, from, lookups, hits })),
      },
    ],
  };
}
