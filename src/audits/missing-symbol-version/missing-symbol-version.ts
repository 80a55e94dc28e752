import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { bringerOf, type NativeObject } from '../environment-objects.ts';
import { factEvidence } from '../evidence.ts';
import { verdictOf } from '../verdict-of.ts';

/** Of these `old-glibc` tells. */
const OF_GLIBC = /^GLIBC_/;

interface Lack {
  readonly object: NativeObject;
  readonly file: string;
  readonly path: string;
  readonly rule: string;
  /** The newest version that the copy does not define. */
  readonly version: string;
}

export const missingSymbolVersion = defineAudit({
  id: 'missing-symbol-version',
  category: 'packaging',
  question: 'Does the copy of each library that is taken have the versions of symbols that are needed?',
  needs: ['environment', 'linkage'],

  answer({ environment, linkage }): Verdict {
    const findings = new Map<string, Finding>();
    for (const lack of listLacks({ environment, linkage })) {
      const bringer = bringerOf(environment, lack.object);
      const key = `${bringer}\0${lack.path}`;
      if (!findings.has(key)) findings.set(key, findingOf(lack, bringer));
    }
    return verdictOf([...findings.values()]);
  },
});

/** Versions by path: of files inside the environment, and of those that were found outside. */
function definedVersions({ environment, linkage }: Pick<Artifacts, 'environment' | 'linkage'>) {
  const all = [...environment.objects, ...linkage.outside];
  return new Map(all.map(({ path, versionsDefined }) => [path, new Set(versionsDefined)]));
}

function listLacks(artifacts: Pick<Artifacts, 'environment' | 'linkage'>): Lack[] {
  const { environment, linkage } = artifacts;
  const defined = definedVersions(artifacts);
  const linksOf = new Map(linkage.objects.map(({ path, links }) => [path, links]));
  return environment.objects.flatMap((object) => {
    const links = linksOf.get(object.path) ?? [];
    return object.versionsNeeded.flatMap(({ file, versions }) => {
      const link = links.find(({ name }) => name === file);
      const has = link?.path === undefined ? undefined : defined.get(link.path);
      // The loader only warns of a library without versions.
      if (!link?.path || !has || has.size === 0) return [];
      const lacking = versions
        .filter((version) => !OF_GLIBC.test(version) && !has.has(version))
        .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
      const version = lacking.at(-1);
      return version === undefined ? [] : [{ object, file, path: link.path, rule: link.rule, version }];
    });
  });
}

const RULES: Readonly<Record<string, string>> = {
  'library-path': 'LD_LIBRARY_PATH',
  rpath: 'an RPATH',
  runpath: 'a RUNPATH',
  cache: 'ld.so.cache',
  default: 'a default folder',
  loaded: 'a library that was loaded before',
};

function findingOf({ object, file, path, rule, version }: Lack, bringer: string): Finding {
  const name = object.path.slice(object.path.lastIndexOf('/') + 1);
  return {
    message: `${name} of ${bringer} needs ${version} of ${file}, and gets ${path}, which does not have it`,
    severity: 'error',
    confidence: 'certain',
    harm: 'crash',
    fixer: 'user',
    fix:
      rule === 'library-path'
        ? `Take the folder of ${path} out of LD_LIBRARY_PATH, or load a module with a newer one`
        : `Load the module of a newer compiler, or bring a newer ${file} into the environment`,
    check: `importing it no longer says that version ${version} is not found`,
    subject: `${bringer}: ${file}`,
    evidence: [
      factEvidence({
        file: object.path,
        needs: `${file} with ${version}`,
        gets: path,
        'found by': RULES[rule] ?? rule,
      }),
    ],
  };
}
