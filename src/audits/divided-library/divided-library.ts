import { type Artifacts, type Finding, mayMeet, type Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { bringerOf, type NativeObject } from '../environment-objects.ts';
import { fileEvidence } from '../evidence.ts';
import { nameSome } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

type Environment = Artifacts['environment'];

export const dividedLibrary = defineAudit({
  id: 'divided-library',
  category: 'packaging',
  question: 'Do copies of a library that stand in for each other need the same libraries?',
  needs: ['environment'],

  answer({ environment }): Verdict {
    const groups = [...bySoname(environment.objects)];
    const divided = groups.flatMap(([soname, all]) => {
      const copies = dividedCopies(environment, all.slice(0, MOST_COPIES));
      const between = dividedBetween(copies);
      return between.length > 0 ? [findingOf({ soname, copies, between }, environment)] : [];
    });
    return verdictOf(divided);
  },
});

interface Divided {
  readonly soname: string;
  readonly copies: readonly NativeObject[];
  /** Names, without digests, of what the copies need in different builds. */
  readonly between: readonly string[];
}

/** auditwheel and its like put a digest of the file, as it was before they changed it, into its name. */
const DIGEST = /-[0-9a-f]{8,64}(?=\.so)/;

function bySoname(objects: readonly NativeObject[]): ReadonlyMap<string, readonly NativeObject[]> {
  const groups = new Map<string, NativeObject[]>();
  for (const object of objects) {
    const { soname, aliasOf } = object;
    if (soname === undefined || aliasOf !== undefined || !DIGEST.test(soname)) continue;
    groups.set(soname, [...(groups.get(soname) ?? []), object]);
  }
  return groups;
}

/** More than any environment has. */
const MOST_COPIES = 200;

/** Copies that one process can have beside one that needs other builds. */
const dividedCopies = (environment: Environment, copies: readonly NativeObject[]): readonly NativeObject[] =>
  copies.filter((copy) =>
    copies.some((other) => mayMeet(environment, copy, other) && dividedBetween([copy, other]).length > 0),
  );

/** What all copies need, by its name without digest and versions, and not all in the same build. */
function dividedBetween(copies: readonly NativeObject[]): string[] {
  const builds = new Map<string, Set<string>>();
  for (const { needed } of copies)
    for (const name of needed.filter((one) => DIGEST.test(one))) {
      const base = name.replace(/-[0-9a-f]{8,64}\.so.*$/, '');
      builds.set(base, (builds.get(base) ?? new Set()).add(name));
    }
  return [...builds].filter(([, names]) => names.size > 1).map(([base]) => base);
}

/** Libraries that keep tables of what is open, so that a handle of one means nothing to another. */
const KEEPS_HANDLES = new Set(['libhdf5']);

function findingOf({ soname, copies, between }: Divided, environment: Environment): Finding {
  const bringers = [...new Set(copies.map((copy) => bringerOf(environment, copy)))];
  const packages = bringers.map((bringer) => bringer.split(' ')[0] ?? '');
  const isGrave = between.some((name) => KEEPS_HANDLES.has(name));
  const name = soname.replace(/\.so.*$/, '');
  const end = isGrave ? ': files of one of them fail with "NetCDF: HDF error" or "H5DSset_scale"' : '';
  return {
    message: `${nameSome(bringers)} each bring ${nameSome(between)}, and share one ${name}, which calls that of whoever is imported first${end}`,
    severity: isGrave ? 'error' : 'note',
    confidence: isGrave ? 'likely' : 'possible',
    harm: isGrave ? 'crash' : 'wrong-data',
    fixer: 'user',
    fix: `Take other releases of ${nameSome(packages)}, or build them against one ${between[0]}: python -m pip install --force-reinstall --no-deps --no-binary ${packages.join(',')} ${packages.join(' ')} with the site's library loaded`,
    check: 'this audit passes',
    subject: packages.join(' + '),
    evidence: [
      fileEvidence(
        'one of these is loaded',
        copies.map(({ path, needed }) => ({
          path,
          note: `needs ${needed.filter((one) => DIGEST.test(one)).join(', ')}`,
        })),
      ),
    ],
  };
}
