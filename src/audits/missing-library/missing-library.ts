import { formatCountOf } from '#base';
import type { Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { bringerOf, type NativeObject, namesInside } from '../environment-objects.ts';
import { factEvidence, pathEvidence } from '../evidence.ts';
import { verdictOf } from '../verdict-of.ts';

/** Libraries of MPI: packages that have a build for each of several take the one that is there. */
const OF_MPI = /^libmpi(?:ch|_\w+)?\.so/;
/** Libraries of a driver: there only where the device is. */
const OF_DRIVER = /^lib(?:cuda|nvidia-[\w-]+|nvcuvid|nvoptix|ze_loader|hsakmt)\.so/;

interface Missing {
  readonly name: string;
  readonly needers: readonly NativeObject[];
  readonly bringer: string;
}

export const missingLibrary = defineAudit({
  id: 'missing-library',
  category: 'packaging',
  question: 'Is every library there that extension modules need?',
  needs: ['environment', 'linkage'],

  answer({ environment, linkage }): Verdict {
    const inside = namesInside(environment);
    const byPath = new Map(environment.objects.map((object) => [object.path, object]));
    const needers = new Map<string, NativeObject[]>();
    const notes = new Set<string>();
    for (const { path, links } of linkage.objects) {
      const object = byPath.get(path);
      for (const { name, rule } of links) {
        // A package may load a library of its own, or of another package, before who needs it.
        if (rule !== 'none' || !object || inside.has(name)) continue;
        if (OF_MPI.test(name) || OF_DRIVER.test(name)) notes.add(noteOf(name, bringerOf(environment, object)));
        else
          needers.set(`${name}\0${bringerOf(environment, object)}`, [
            ...(needers.get(`${name}\0${bringerOf(environment, object)}`) ?? []),
            object,
          ]);
      }
    }
    const missing = [...needers].map(([key, objects]): Missing => {
      const [name = '', bringer = ''] = key.split('\0');
      return { name, bringer, needers: objects };
    });
    return verdictOf(missing.map(findingOf), [...notes]);
  },
});

const noteOf = (name: string, bringer: string) =>
  OF_MPI.test(name)
    ? `${name}, which ${bringer} can use, is not on this machine: a build for another MPI may be what is used`
    : `${name}, which ${bringer} needs, is part of a driver: it is there on machines with the device`;

function findingOf({ name, needers, bringer }: Missing): Finding {
  const modules = formatCountOf(needers.length, 'file');
  return {
    message: `${name} is nowhere to be found, and ${modules} of ${bringer} cannot be loaded without it`,
    severity: 'warning',
    confidence: 'likely',
    harm: 'crash',
    fixer: 'user',
    fix: `Load the module or install the package that brings ${name}, on the machine where the job runs`,
    check: `pharos why names the copy of ${name} that is taken`,
    subject: name,
    evidence: [
      factEvidence({ library: name, 'needed by': bringer }),
      pathEvidence(
        'files that need it',
        needers.map(({ path }) => ({ path, count: 1 })),
      ),
    ],
  };
}
