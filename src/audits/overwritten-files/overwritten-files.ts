import { formatCount, formatCountOf, shellPath } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { fileEvidence } from '../evidence.ts';
import { normalName } from '../mpi-in-use.ts';
import { verdictOf } from '../verdict-of.ts';

type Environment = Artifacts['environment'];
type Distribution = Environment['distributions'][number];
type Overlap = NonNullable<Environment['overlaps']>[number];

export const overwrittenFiles = defineAudit({
  id: 'overwritten-files',
  category: 'packaging',
  question: 'Does each installed file belong to one distribution?',
  needs: ['environment'],

  answer({ environment: { distributions, overlaps = [] } }): Verdict {
    const findings = overlaps.flatMap((overlap) => {
      const [a, b] = overlap.distributions.map((index) => distributions[index]);
      // Remains of another version of the same are told by hidden-distribution.
      if (!a || !b || normalName(a.name) === normalName(b.name)) return [];
      return [findingOf(overlap, [a, b], distributions)];
    });
    return verdictOf(findings);
  },
});

const titleOf = ({ name, version }: Distribution): string => `${name} ${version}`;

function findingOf(
  { files, natives, some }: Overlap,
  [a, b]: readonly [Distribution, Distribution],
  distributions: readonly Distribution[],
): Finding {
  const standing = new Set(some.flatMap(({ stands }) => (stands === undefined ? [] : [stands])));
  const [winner] = [...standing].map((index) => distributions[index]);
  const whose = standing.size === 1 && winner ? `, which are now those of ${titleOf(winner)}` : '';
  const kind = natives > 0 ? `, ${formatCount(natives)} of them native` : '';
  return {
    message: `${titleOf(a)} and ${titleOf(b)} install ${formatCountOf(files, 'file')} of the same names and different content${kind}${whose}`,
    // Sources that differ are mostly tests and empty packages that both brought.
    severity: natives > 0 ? 'warning' : 'note',
    confidence: 'certain',
    harm: natives > 0 ? 'crash' : 'cost',
    fixer: 'user',
    fix: `Run python -m pip uninstall ${shellPath(a.name)} ${shellPath(b.name)}, and install the one that is meant`,
    check: 'this audit passes',
    subject: [a.name, b.name].sort().join(' + '),
    evidence: [
      fileEvidence(
        'of two distributions',
        some.map(({ path, stands }) => {
          const owner = stands === undefined ? undefined : distributions[stands];
          return { path, ...(owner ? { note: `of ${titleOf(owner)} by its size` } : {}) };
        }),
        files,
      ),
    ],
  };
}
