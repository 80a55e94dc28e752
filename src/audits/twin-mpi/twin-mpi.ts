import { mpiTitle } from '#knowledge';
import type { Finding, LoadedLibrary, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { folderOf } from '../evidence.ts';
import { copyEvidence, fileName, ofEachProcess } from '../loaded-libraries.ts';

/** The library itself; its Fortran and C++ parts, and the layer for GPUs, are others. */
const MPI_ITSELF = /^lib(mpi|mpich|mpi_abi|mpi_(gnu|cray|intel|nvidia|aocc|amd)(_\d+)?)(-[0-9a-f]{8})?\.so/;

export const twinMpi = defineAudit({
  id: 'twin-mpi',
  category: 'packaging',
  question: 'Is there one MPI library in each process?',
  needs: ['step', 'loaded'],

  answer({ step, loaded }): Verdict {
    return ofEachProcess({ step, loaded }, (libraries, ranks) => {
      const copies = libraries.filter(({ kind, path }) => kind === 'mpi' && MPI_ITSELF.test(fileName(path)));
      // One installation may bring its own ABI and the standard's.
      const folders = new Set(copies.map(({ path }) => folderOf(path)));
      if (folders.size < 2) return {};
      return { findings: [findingOf(copies, ranks)] };
    });
  },
});

function findingOf(copies: readonly LoadedLibrary[], ranks: readonly number[]): Finding {
  const families = new Set(copies.map(({ family }) => family ?? 'unknown'));
  const differ = families.size > 1;
  const names = copies.slice(0, 3).map(({ path, family = 'unknown' }) => `${path} (${mpiTitle({ family })})`);
  return {
    message: `${copies.length} MPI libraries are in one process: ${names.join(', ')}`,
    severity: 'error',
    confidence: differ ? 'certain' : 'likely',
    harm: 'crash',
    fixer: 'user',
    fix: 'Build the packages that use MPI against one library: `python -m pip install --no-cache-dir --force-reinstall --no-binary :all: --no-deps PACKAGE` with that MPI loaded',
    check: 'the page names one libmpi for all ranks',
    subject: copies.map(({ path }) => fileName(path)).join(' + '),
    evidence: [copyEvidence(copies, ranks)],
  };
}
