import type { Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { rankClasses } from '../rank-classes.ts';
import { verdictOf } from '../verdict-of.ts';

const VARIABLE = 'MPICH_GPU_SUPPORT_ENABLED';

export const missingGtl = defineAudit({
  id: 'missing-gtl',
  category: 'packaging',
  question: 'Is the layer for GPUs loaded where Cray MPICH is asked to use it?',
  needs: ['world', 'loaded', 'interpreters'],

  answer({ world, loaded, interpreters }): Verdict {
    const classes = rankClasses({ mpi: world.mpi, loaded: loaded.groups, environment: interpreters.environment });
    if (!classes.some(({ values }) => values.environment?.values[VARIABLE] === '1')) {
      return { kind: 'inapplicable', because: `${VARIABLE} is not set to 1` };
    }
    let findings: Finding[] = [];
    for (const { values, ranks } of classes) {
      const { mpi, loaded: mapped, environment } = values;
      // With the layer missing MPI_Init ends the process: where that was passed, it is there in some way.
      if (environment?.values[VARIABLE] !== '1' || mpi?.state === 'initialized' || mpi?.state === 'finalized') continue;
      const libraries = mapped?.libraries ?? [];
      const cray = libraries.find(({ kind, family }) => kind === 'mpi' && family === 'cray');
      if (!cray || libraries.some(({ kind }) => kind === 'gtl')) continue;
      findings = [...findings, findingOf(cray.path, ranks.length)].slice(0, 1);
    }
    return verdictOf(findings);
  },
});

function findingOf(library: string, ranks: number): Finding {
  return {
    message: `${VARIABLE} is 1 and no libmpi_gtl is loaded beside ${library}: MPI_Init ends with "GPU_SUPPORT_ENABLED is requested, but GTL library is not linked"`,
    severity: 'error',
    confidence: 'likely',
    harm: 'crash',
    fixer: 'user',
    fix: `Build mpi4py with the layer, \`MPICC="cc -shared" python -m pip install --no-cache-dir --force-reinstall --no-binary mpi4py mpi4py\` with the craype-accel module loaded, or run \`export ${VARIABLE}=0\` where MPI moves no GPU memory`,
    check: 'the page names libmpi_gtl_cuda or libmpi_gtl_hsa',
    subject: library,
    evidence: [factEvidence({ [VARIABLE]: '1', 'MPI library': library, ranks: String(ranks) })],
  };
}
