import { absolutePath } from '#base';
import type { Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { bringerOf, type NativeObject } from '../environment-objects.ts';
import { factEvidence } from '../evidence.ts';
import { verdictOf } from '../verdict-of.ts';

export const overriddenLibrary = defineAudit({
  id: 'overridden-library',
  category: 'packaging',
  question: 'Do packages get the libraries that were made for them?',
  needs: ['environment', 'linkage'],

  answer({ environment, linkage }): Verdict {
    if (linkage.libraryPath.length === 0) return { kind: 'inapplicable', because: 'LD_LIBRARY_PATH is not set' };
    const bySoname = new Map(
      environment.objects.flatMap((object) => (object.soname ? [[object.soname, object] as const] : [])),
    );
    const byPath = new Map(environment.objects.map((object) => [object.path, object]));
    const findings = new Map<string, Finding>();
    for (const { path, links } of linkage.objects) {
      for (const { name, rule, path: taken } of links) {
        const own = bySoname.get(name);
        const needer = byPath.get(path);
        if (rule !== 'library-path' || !own || !needer || taken === undefined) continue;
        if (byPath.has(absolutePath('/', taken)) || findings.has(taken)) continue;
        findings.set(
          taken,
          findingOf({ name, taken, own, needer }, (object) => bringerOf(environment, object)),
        );
      }
    }
    return verdictOf([...findings.values()]);
  },
});

interface Overridden {
  readonly name: string;
  readonly taken: string;
  readonly own: NativeObject;
  readonly needer: NativeObject;
}

function findingOf({ name, taken, own, needer }: Overridden, bringer: (object: NativeObject) => string): Finding {
  return {
    message: `LD_LIBRARY_PATH gives ${bringer(needer)} ${taken} instead of the ${name} that ${bringer(own)} brings for it`,
    severity: 'warning',
    confidence: 'likely',
    harm: 'crash',
    fixer: 'user',
    fix: `Unload the module that adds ${taken.slice(0, taken.lastIndexOf('/'))} to LD_LIBRARY_PATH, or take that folder out of it`,
    check: `pharos why names ${own.path.slice(own.path.lastIndexOf('/') + 1)} of the environment`,
    subject: name,
    evidence: [factEvidence({ 'needed by': needer.path, 'made for it': own.path, 'taken instead': taken })],
  };
}
