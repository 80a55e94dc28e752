import { formatBytes, formatCountOf, sum } from '#base';
import type { StartArtifacts } from '#scale';
import type { Cost, Finding, Libraries, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { libraryEvidence } from '../evidence.ts';
import { type SharedStorage, START, sharedStorage } from '../shared-storage.ts';
import { verdictOf } from '../verdict-of.ts';
import { confidenceOf, severityOf } from '../weight.ts';
import { condition, costAtScale } from '../wording.ts';

/** Where a library is worth a line of its own: decided in docs/decisions/0003-thresholds.md. */
const LARGE_BYTES = 100e6;

type Library = Libraries['libraries'][number];

export const largeLibrary = defineAudit({
  id: 'large-library',
  category: 'start-up',
  question: 'Does every node read large shared libraries from shared storage?',
  needs: [...START, 'libraries'],

  answer(artifacts): Verdict {
    const { libraries } = artifacts.libraries;
    if (libraries.length === 0) return { kind: 'unknown', because: 'the loaded libraries were not recorded' };
    const shared = sharedStorage(artifacts);
    const here = libraries.filter(({ path, mount }) => shared.placeAt(path, mount));
    const large = here.filter((library) => (library.fileBytes ?? 0) >= LARGE_BYTES);
    const findings = large.map((library) => findingFor(library, here, shared, artifacts));
    return verdictOf(findings);
  },
});

function findingFor(
  library: Library,
  all: readonly Library[],
  shared: SharedStorage,
  { accesses, target }: StartArtifacts,
): Finding {
  const bytes = library.fileBytes ?? 0;
  const isRead = (path: string, operation: string) =>
    path === library.path && (operation === 'map' || operation === 'read');
  const seen = accesses.accesses.some((access) => isRead(shared.textOf(access), access.operation));
  const modelled = shared.model.saving((access) => isRead(shared.textOf(access), access.operation));
  // Which pages are touched shows in no system call: without the loader's calls only the bounds are known.
  const unseen: Cost = { value: bytes, low: 0, high: bytes, unit: 'bytes', per: 'node', basis: 'inferred' };
  const total = sum(all, ({ fileBytes = 0 }) => fileBytes);
  return {
    message:
      `${condition(target, library.path)}each node reads the pages it touches of ${library.path}, ${formatBytes(bytes)}, ` +
      `from there${seen ? `; ${costAtScale(modelled, target)}` : ''}`,
    severity: (seen ? severityOf(modelled, shared) : undefined) ?? 'note',
    confidence: seen ? confidenceOf(modelled, target) : 'possible',
    harm: 'cost',
    cost: seen ? modelled : unseen,
    fixer: 'user',
    check: '`grep -c LIBRARY /proc/PID/maps` is 0, or the path is on node-local storage',
    subject: library.path,
    evidence: [
      libraryEvidence(
        all.map(({ path, fileBytes = 0, mappedBytes }) => ({
          path,
          bytes: fileBytes,
          ...(mappedBytes === undefined ? {} : { note: `${formatBytes(mappedBytes)} mapped` }),
        })),
      ),
      {
        kind: 'facts',
        rows: [
          { name: 'libraries on shared storage', value: `${formatCountOf(all.length, 'file')}, ${formatBytes(total)}` },
        ],
      },
    ],
  };
}
