import { type Artifacts, type Distribution, type Finding, missingOfKey, type Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { rebuildCommand } from '../environment-objects.ts';
import { factEvidence } from '../evidence.ts';
import { nameSome } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

type Partition = Artifacts['site']['partitions'][number];

/** What `pharos plan packages` has noted in a build, of uv's `uv_build.json`. */
const keyOf = ({ buildVariables }: Distribution): string | undefined => buildVariables?.PHAROS_SITE_KEY;

export const staleBuild = defineAudit({
  id: 'stale-build',
  category: 'packaging',
  question: 'Is what packages were built against still what the site has?',
  needs: ['environment', 'site'],

  answer({ environment, site }): Verdict {
    const built = environment.distributions.flatMap((one) => {
      const key = keyOf(one);
      return key === undefined ? [] : [{ one, key }];
    });
    if (built.length === 0) return { kind: 'inapplicable', because: 'no build says for which site it was made' };
    // Of a partition where no MPI and no library was seen, nothing can be said.
    const told = site.partitions.filter(({ mpis, libraries }) => mpis.length + libraries.length > 0);
    if (told.length === 0) return { kind: 'unknown', because: 'the site file tells of no MPI and of no library' };
    return verdictOf(
      built.flatMap(({ one, key }) => (told.some((each) => isWhole(key, each)) ? [] : [findingOf(one, key, told)])),
    );
  },
});

const isWhole = (key: string, partition: Partition): boolean => missingOfKey(key, partition).length === 0;

function findingOf({ name, version }: Distribution, key: string, told: readonly Partition[]): Finding {
  const lacking = told.map((partition) => ({ partition, missing: missingOfKey(key, partition) }));
  const [nearest] = [...lacking].sort((a, b) => a.missing.length - b.missing.length);
  return {
    message: `${name} ${version} was built against ${nameSome(nearest?.missing ?? [])}, which no partition of the site file has: it may crash with what is there now`,
    severity: 'warning',
    confidence: 'likely',
    harm: 'crash',
    fixer: 'user',
    fix: `Plan it anew with this site file and apply the plan, or build it again with the site's modules loaded: ${rebuildCommand(name)}`,
    check: 'this audit passes with the same site file',
    subject: name,
    evidence: [
      factEvidence({
        'built against': key,
        ...Object.fromEntries(
          lacking.map(({ partition, missing }) => [`not in ${partition.name}`, nameSome(missing, 6)]),
        ),
      }),
    ],
  };
}
