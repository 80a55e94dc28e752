import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { bringerOf, type NativeObject } from '../environment-objects.ts';
import { fileEvidence } from '../evidence.ts';
import { nameSome } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

type Environment = Artifacts['environment'];

/** By SONAME, with or without the digest of a wheel. */
const RUNTIMES = { libiomp5: /^libiomp5(?:-[0-9a-f]{8,64})?\.so/, libomp: /^libomp(?:-[0-9a-f]{8,64})?\.so/ } as const;

export const mixedOpenmp = defineAudit({
  id: 'mixed-openmp',
  category: 'packaging',
  question: 'Can the OpenMP runtimes that packages bring live together?',
  needs: ['environment'],

  answer({ environment }): Verdict {
    const { objects } = environment;
    const files = objects.filter(({ kind, aliasOf }) => kind !== 'extension' && aliasOf === undefined);
    // conda-forge's llvm-openmp is one file of two names.
    const nameOf = ({ path, soname }: NativeObject) => soname ?? path.slice(path.lastIndexOf('/') + 1);
    const brought = (pattern: RegExp) => files.filter((file) => pattern.test(nameOf(file)));
    const users = (pattern: RegExp) => objects.filter(({ needed }) => needed.some((name) => pattern.test(name)));
    const [intel, llvm] = [RUNTIMES.libiomp5, RUNTIMES.libomp].map((pattern) => ({
      files: brought(pattern),
      users: users(pattern),
    }));
    if (!intel || !llvm || intel.files.length + llvm.files.length === 0) {
      return { kind: 'inapplicable', because: 'no package brings libiomp5 or libomp' };
    }
    const both = [intel, llvm];
    if (both.some((one) => one.files.length === 0 || one.users.length === 0)) return { kind: 'pass' };
    return verdictOf([findingOf(environment, both)]);
  },
});

type Side = { readonly files: readonly NativeObject[]; readonly users: readonly NativeObject[] };

function findingOf(environment: Environment, sides: readonly Side[]): Finding {
  const bringers = (objects: readonly NativeObject[]) => [
    ...new Set(objects.map((one) => bringerOf(environment, one))),
  ];
  const [intel = [], llvm = []] = sides.map(({ users }) => bringers(users));
  const rows = sides.flatMap(({ files, users }) => [
    ...files.map(({ path }) => ({ path, note: 'the runtime' })),
    ...users.map(({ path }) => ({ path, note: 'needs it' })),
  ]);
  return {
    message: `Intel's libiomp5, which ${nameSome(intel)} needs, and LLVM's libomp, which ${nameSome(llvm)} needs, are the same runtime twice: parallel regions of a process that loads both may hang or crash`,
    severity: 'warning',
    confidence: 'possible',
    harm: 'hang',
    fixer: 'user',
    fix: 'Take both packages from one source, conda-forge for one OpenMP in all of them',
    check: 'pharos doctor names libiomp5 or libomp in the job, not both',
    subject: 'libiomp5 + libomp',
    evidence: [fileEvidence('runtimes and who needs them', rows)],
  };
}
