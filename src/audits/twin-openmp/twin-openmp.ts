import type { Artifacts, Finding, LoadedLibrary, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { bringer, copyEvidence, ofEachProcess, stem } from '../loaded-libraries.ts';
import { nameSome } from '../name-some.ts';

const HIDING_VARIABLE = 'KMP_DUPLICATE_LIB_OK';

export const twinOpenmp = defineAudit({
  id: 'twin-openmp',
  category: 'packaging',
  question: 'Can the OpenMP runtimes of each process live together?',
  needs: ['step', 'loaded', 'hosts', 'interpreters'],

  answer({ step, loaded, hosts, interpreters }): Verdict {
    const onArm = hosts.groups.some(({ value }) => value.machine === 'aarch64');
    return ofEachProcess({ step, loaded }, (libraries, ranks) => {
      const runtimes = libraries.filter(({ kind }) => kind === 'openmp');
      const named = (name: string) => runtimes.filter(({ path }) => stem(path) === name);
      const intel = named('libiomp5');
      const llvm = named('libomp');
      if (intel.length > 0 && llvm.length > 0) {
        return { findings: [clash([...intel, ...llvm], ranks, interpreters)] };
      }
      const gnu = named('libgomp');
      if (gnu.length < 2) return {};
      if (onArm) return { findings: [armNote(gnu, ranks)] };
      return {
        notes: [
          `${gnu.length} copies of libgomp, from ${nameSome(gnu.map(bringer))}: each has threads of its own, they do not clash`,
        ],
      };
    });
  },
});

function clash(copies: LoadedLibrary[], ranks: readonly number[], interpreters: Artifacts['interpreters']): Finding {
  const hidden = interpreters.environment.some(({ value }) => Object.hasOwn(value.values, HIDING_VARIABLE));
  const aside = hidden ? `; ${HIDING_VARIABLE} hides the runtime's own warning` : '';
  return {
    message: `Intel's libiomp5 and LLVM's libomp are in one process, from ${nameSome(copies.map(bringer))}: parallel regions may hang or crash${aside}`,
    severity: 'error',
    confidence: 'likely',
    harm: 'hang',
    fixer: 'user',
    fix: 'Take both packages from one source, conda-forge for one OpenMP in all of them, or run `export MKL_THREADING_LAYER=GNU` where MKL is the one that brings libiomp5',
    check: 'the page names libiomp5 or libomp, not both',
    subject: 'libiomp5 + libomp',
    evidence: [copyEvidence(copies, ranks), factEvidence({ [HIDING_VARIABLE]: hidden ? 'set' : 'not set' })],
  };
}

function armNote(copies: readonly LoadedLibrary[], ranks: readonly number[]): Finding {
  return {
    message: `${copies.length} copies of libgomp are in one process, from ${nameSome(copies.map(bringer))}: on aarch64 another order of imports may end in "cannot allocate memory in static TLS block"`,
    severity: 'note',
    confidence: 'possible',
    harm: 'crash',
    fixer: 'package',
    fix: 'Keep the order of imports that works, or run `export GLIBC_TUNABLES=glibc.rtld.optional_static_tls=4096` before the launch if that message appears',
    check: 'the imports work in the order in which the job makes them',
    subject: 'libgomp',
    evidence: [copyEvidence(copies, ranks)],
  };
}
