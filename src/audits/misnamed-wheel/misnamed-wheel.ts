import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { normalName } from '../mpi-in-use.ts';
import { verdictOf } from '../verdict-of.ts';

type Distribution = Artifacts['environment']['distributions'][number];
type Named = NonNullable<Distribution['named']>;

export const misnamedWheel = defineAudit({
  id: 'misnamed-wheel',
  category: 'packaging',
  question: 'Do wheels say the same on the outside and inside?',
  needs: ['environment'],

  answer({ environment }): Verdict {
    if (environment.form !== 'wheels')
      return { kind: 'inapplicable', because: 'installed wheels have no names any more' };
    return verdictOf(
      environment.distributions.flatMap((distribution) => {
        const { named } = distribution;
        return named === undefined ? [] : [...otherProject(distribution, named), ...otherTags(distribution, named)];
      }),
    );
  },
});

/** File names write `_` and `-` alike, and local versions with either. */
const plainVersion = (version: string) => version.toLowerCase().replaceAll(/[-_.]+/g, '.');

function otherProject(inside: Distribution, named: Named): Finding[] {
  const isSame =
    normalName(inside.name) === normalName(named.name) && plainVersion(inside.version) === plainVersion(named.version);
  if (isSame) return [];
  return [
    {
      message: `${named.file} holds ${inside.name} ${inside.version}: installers refuse it`,
      severity: 'warning',
      confidence: 'certain',
      harm: 'crash',
      fixer: 'package',
      fix: 'Build the wheel again instead of renaming it',
      check: `python -m pip install --no-deps ${named.file} succeeds`,
      subject: named.file,
      evidence: [
        factEvidence({
          'by its name': `${named.name} ${named.version}`,
          'in its METADATA': `${inside.name} ${inside.version}`,
        }),
      ],
    },
  ];
}

/** Each of a set of tags stands for itself: their order says nothing. */
const tell = ({ pythons, abis, platforms }: Pick<Named, 'pythons' | 'abis' | 'platforms'>): string =>
  [pythons, abis, platforms].map((set) => [...new Set(set)].sort().join('.')).join('-');

function otherTags(inside: Distribution, named: Named): Finding[] {
  // Without WHEEL there is nothing to compare with.
  if (inside.platforms.length === 0 || tell(inside) === tell(named)) return [];
  return [
    {
      message: `${named.file} is named for other machines or Pythons than its WHEEL file says`,
      severity: 'note',
      confidence: 'certain',
      harm: 'crash',
      fixer: 'package',
      fix: 'Run python -m wheel tags, or auditwheel repair, which change both; do not rename wheels',
      check: 'the tags of the file name are those of its WHEEL file',
      subject: named.file,
      evidence: [factEvidence({ 'by its name': tell(named), 'in its WHEEL': tell(inside) })],
    },
  ];
}
