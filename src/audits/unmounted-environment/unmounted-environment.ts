import { type Artifacts, type Finding, isWithin, type Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { nameSome } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

type Partition = Artifacts['site']['partitions'][number];
type Mount = Partition['mounts'][number];

export const unmountedEnvironment = defineAudit({
  id: 'unmounted-environment',
  category: 'packaging',
  question: 'Does every partition mount the folders that it lies in?',
  needs: ['environment', 'site'],

  answer({ environment, site }): Verdict {
    const login = site.partitions.find(({ isLogin }) => isLogin);
    if (!login || login.mounts.length === 0)
      return { kind: 'unknown', because: 'the site file does not tell what the login machine mounts' };
    const { place, python, sites } = environment;
    const places = [place, ...(python?.basePrefix ? [python.basePrefix] : []), ...sites.map(({ path }) => path)];
    const findings = new Map<string, Finding>();
    for (const path of places) {
      const mount = mountOf(path, login.mounts);
      if (!mount || ON_EACH_NODE.has(mount.class) || findings.has(mount.point)) continue;
      // Of a partition without any mounts nobody looked at them.
      const seen = site.partitions.filter(({ isLogin, mounts }) => !isLogin && mounts.length > 0);
      const without = seen.filter(({ mounts }) => !mounts.some(({ point }) => point === mount.point));
      if (without.length > 0) findings.set(mount.point, findingOf(path, mount, without));
    }
    return verdictOf([...findings.values()]);
  },
});

/** File systems that each node has of its own, or that no mount tells where it comes from. */
const ON_EACH_NODE = new Set<Mount['class']>(['local', 'tmpfs', 'overlay', 'squashfs', 'pseudo', 'unknown']);

function mountOf(path: string, mounts: readonly Mount[]): Mount | undefined {
  const holding = mounts.filter(({ point }) => isWithin(path, point));
  return holding.sort((a, b) => b.point.length - a.point.length)[0];
}

const sharedPoints = (partition: Partition | undefined): string[] =>
  (partition?.mounts ?? []).filter((one) => !ON_EACH_NODE.has(one.class)).map(({ point }) => point);

function findingOf(path: string, mount: Mount, without: readonly Partition[]): Finding {
  const names = without.map(({ name }) => name);
  const common = sharedPoints(without[0]).filter((point) => without.every((one) => sharedPoints(one).includes(point)));
  const there = common.length > 0 ? nameSome(common, 8) : 'no shared file system was seen there';
  return {
    message: `${path} is on ${mount.point} (${mount.class}), which nodes of ${names.length === 1 ? 'partition' : 'partitions'} ${nameSome(names)} do not mount`,
    severity: 'error',
    // An automounter shows a folder only once somebody asked for it.
    confidence: 'likely',
    harm: 'crash',
    fixer: 'user',
    fix: `Make the environment where these nodes see it: ${there}; or take it along in one file: pharos pack`,
    check: `ls ${mount.point} in a job of that partition`,
    subject: `${mount.point} in ${names.join(', ')}`,
    evidence: [
      factEvidence({
        'lies in': path,
        'mounted on the login machine': `${mount.point} (${mount.class})`,
        ...Object.fromEntries(
          without.map((one) => [`mounted in ${one.name}`, nameSome(sharedPoints(one), 8) || 'no shared file system']),
        ),
      }),
    ],
  };
}
