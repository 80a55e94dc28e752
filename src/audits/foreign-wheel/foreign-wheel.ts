import { type PlatformTag, platformOf } from '#knowledge';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { verdictOf } from '../verdict-of.ts';

type Distribution = Artifacts['environment']['distributions'][number];

/** Names of machines in platform tags by ELF's number and class. */
const MACHINES: Readonly<Record<string, readonly string[]>> = {
  '62/64': ['x86_64'],
  '3/32': ['i686', 'i386'],
  '183/64': ['aarch64'],
  '21/64': ['ppc64le', 'ppc64'],
  '22/64': ['s390x'],
  '243/64': ['riscv64'],
};

export const foreignWheel = defineAudit({
  id: 'foreign-wheel',
  category: 'packaging',
  question: 'Is every wheel for this machine and this Python?',
  needs: ['environment', 'linkage'],

  answer({ environment, linkage }): Verdict {
    const machines = MACHINES[`${linkage.machine}/${linkage.bits}`];
    if (!machines) return { kind: 'unknown', because: 'tags of wheels for such a machine are not known' };
    const python = environment.python?.version;
    return verdictOf(
      environment.distributions.flatMap((distribution) => {
        const because = misfitOf(distribution, machines, python);
        return because === undefined ? [] : [findingOf(distribution, because)];
      }),
    );
  },
});

const fitsSystem = ({ system, libc, machine }: PlatformTag, machines: readonly string[]) =>
  system === 'any' ||
  (system === 'linux' && libc?.name !== 'musl' && (machine === undefined || machines.includes(machine)));

/** `3.11.2` is `311`. */
const shortVersion = (version: string) => /^(\d+)\.(\d+)/.exec(version)?.slice(1).join('');

/** A wheel of cp310 is for 3.10 only, unless its ABI is the limited one, of which a later Python has all. */
function isForPython({ pythons, abis }: Distribution, version: string): boolean {
  const short = shortVersion(version);
  const cpythons = pythons.filter((tag) => /^cp\d+$/.test(tag));
  if (short === undefined || cpythons.length < pythons.length || cpythons.length === 0) return true;
  const isLimited = abis.some((abi) => abi === 'abi3' || abi === 'abi3t' || abi === 'none');
  return cpythons.some((tag) => tag === `cp${short}` || (isLimited && Number(tag.slice(3)) <= Number(short.slice(1))));
}

function misfitOf(
  distribution: Distribution,
  machines: readonly string[],
  python: string | undefined,
): string | undefined {
  const { platforms } = distribution;
  const known = platforms.map(platformOf).filter((platform) => platform !== undefined);
  if (platforms.length > 0 && known.length === platforms.length && !known.some((one) => fitsSystem(one, machines))) {
    return `is a wheel for ${platforms[0]}, and this machine is ${machines[0]} with glibc`;
  }
  if (python === undefined || isForPython(distribution, python)) return undefined;
  return `is a wheel for ${distribution.pythons.join(', ')}, and the environment has Python ${python}`;
}

function findingOf({ name, version, metadata, platforms, pythons }: Distribution, because: string): Finding {
  return {
    message: `${name} ${version} ${because}: its modules cannot be imported here`,
    severity: 'error',
    confidence: 'certain',
    harm: 'crash',
    fixer: 'user',
    fix: `Run python -m pip install --force-reinstall ${name} with the environment's own Python, on a machine like the job's`,
    check: `python -m pip show --verbose ${name} names a tag of this machine`,
    subject: name,
    evidence: [
      factEvidence({
        distribution: metadata,
        'made for': `${pythons.join(', ')} on ${platforms.slice(0, 3).join(', ')}`,
      }),
    ],
  };
}
