import { absolutePath } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { byBringer, isMpiItself, type NativeObject, ofThisMachine, rebuildCommand } from '../environment-objects.ts';
import { fileEvidence } from '../evidence.ts';
import { verdictOf } from '../verdict-of.ts';

type Linkage = Artifacts['linkage'];

export const unnamedMpi = defineAudit({
  id: 'unnamed-mpi',
  category: 'packaging',
  question: 'Does each module that calls MPI say which library it is to come from?',
  needs: ['environment', 'linkage'],

  answer({ environment, linkage }): Verdict {
    const users = ofThisMachine(environment, linkage).filter(({ mpi }) => mpi !== undefined);
    if (users.length === 0) return { kind: 'inapplicable', because: 'no module calls MPI' };
    const modules = users.filter(
      ({ needed, kind, path }) => kind === 'extension' && !needed.some(isMpiItself) && !mayGetMpi(path, linkage),
    );
    return verdictOf([...byBringer(environment, modules)].map(([bringer, objects]) => findingOf(bringer, objects)));
  },
});

/** Libraries of the system and of compilers, of which none brings an MPI. */
const PLAIN = /^(?:ld-linux[\w-]*|lib(?:c|m|dl|rt|pthread|util|gcc_s|stdc\+\+|gomp|gfortran|quadmath|atomic))\.so\b/;

/** What it needs may need an MPI in turn: of libraries outside of the environment that is not known. */
function mayGetMpi(path: string, { objects }: Linkage): boolean {
  const linksOf = new Map(objects.map((object) => [object.path, object.links]));
  const reached = new Set([path]);
  for (const at of reached) {
    for (const { name, path: found } of linksOf.get(at) ?? []) {
      if (PLAIN.test(name)) continue;
      const next = found === undefined ? undefined : absolutePath('/', found);
      if (next === undefined || !linksOf.has(next)) return true;
      reached.add(next);
    }
  }
  return false;
}

const findingOf = (bringer: string, objects: readonly NativeObject[]): Finding => ({
  message: `${bringer} calls MPI and names no MPI library: its calls go to whatever MPI is in the process, or fail as MPI_Init is not found`,
  severity: 'warning',
  confidence: 'likely',
  harm: 'crash',
  fixer: 'user',
  fix: `Build it again with the wrapper as its compiler: CC=mpicc CXX=mpicxx ${rebuildCommand(bringer)}`,
  check: 'ldd of the module names libmpi',
  subject: bringer,
  evidence: [
    fileEvidence(
      'files that call MPI',
      objects.map(({ path }) => ({ path })),
    ),
  ],
});
