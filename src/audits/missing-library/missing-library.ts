import { absolutePath, formatCountOf } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { bringerOf, byBringer, isOfDriver, isOfMpi, type NativeObject, namesInside } from '../environment-objects.ts';
import { fileEvidence } from '../evidence.ts';
import { nameSome } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

type Needed = Pick<Artifacts, 'environment' | 'linkage'>;

export const missingLibrary = defineAudit({
  id: 'missing-library',
  category: 'packaging',
  question: 'Is every library there that extension modules need?',
  needs: ['environment', 'linkage'],

  answer(artifacts): Verdict {
    const { environment } = artifacts;
    const missing = missingOf(artifacts);
    const modules = environment.objects.filter(({ kind, path }) => kind === 'extension' && missing.has(path));
    const notes = new Set<string>();
    const findings: Finding[] = [];
    for (const [bringer, own] of byBringer(environment, modules)) {
      const names = new Set(own.flatMap(({ path }) => [...(missing.get(path) ?? [])]));
      for (const name of names) if (isOfDriver(name)) notes.add(noteOf(name, bringer));
      // Of an MPI, unmet-mpi tells.
      const others = [...names].filter((name) => !isOfMpi(name) && !isOfDriver(name));
      const lacking = own.filter(({ path }) => others.some((name) => missing.get(path)?.has(name)));
      const all = environment.objects.filter(
        (one) => one.kind === 'extension' && bringerOf(environment, one) === bringer,
      );
      if (others.length > 0) findings.push(findingOf(bringer, others, lacking, all.length));
    }
    return verdictOf(findings, [...notes]);
  },
});

type Links = Artifacts['linkage']['objects'][number]['links'];

/** Names that nothing answers to, of an object and of what it needs. */
function namesMissing(path: string, linksOf: ReadonlyMap<string, Links>, inside: ReadonlySet<string>): Set<string> {
  const names = new Set<string>();
  const reached = new Set([path]);
  for (const at of reached) {
    for (const { name, path: found } of linksOf.get(at) ?? []) {
      if (found !== undefined) reached.add(absolutePath('/', found));
      // A package may load a library of its own, or of another package, before who needs it.
      else if (!inside.has(name)) names.add(name);
    }
  }
  return names;
}

/** By the path of each object of which something is missing. */
function missingOf({ environment, linkage }: Needed): ReadonlyMap<string, ReadonlySet<string>> {
  const inside = namesInside(environment);
  const linksOf = new Map(linkage.objects.map(({ path, links }) => [path, links]));
  const missing = linkage.objects.map(({ path }) => [path, namesMissing(path, linksOf, inside)] as const);
  return new Map(missing.filter(([, names]) => names.size > 0));
}

const noteOf = (name: string, bringer: string) =>
  `${name}, which ${bringer} needs, is part of a driver: it is there on machines with the device`;

/** Packages have parts for libraries that not everyone has: that one of several cannot be loaded may be meant so. */
function findingOf(bringer: string, names: readonly string[], lacking: readonly NativeObject[], all: number): Finding {
  const isAll = lacking.length === all;
  const which = isAll
    ? `${bringer} cannot load any of its extension modules`
    : `${lacking.length} of the ${formatCountOf(all, 'extension module')} of ${bringer} cannot be loaded`;
  return {
    message: `${nameSome(names)} ${names.length === 1 ? 'is' : 'are'} nowhere to be found: ${which}`,
    severity: isAll ? 'warning' : 'note',
    confidence: isAll ? 'likely' : 'possible',
    harm: 'crash',
    fixer: 'user',
    fix: `Load the module or install the package that brings ${nameSome(names)}, on the machine where the job runs`,
    check: `pharos why names the copy of ${names[0]} that is taken`,
    subject: bringer,
    evidence: [
      fileEvidence(
        'extension modules that need them',
        lacking.map(({ path }) => ({ path })),
      ),
    ],
  };
}
