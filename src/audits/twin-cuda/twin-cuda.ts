import type { Finding, LoadedLibrary, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { copyEvidence, copyText, cudaMajor, ofEachProcess } from '../loaded-libraries.ts';
import { nameSome } from '../name-some.ts';

export const twinCuda = defineAudit({
  id: 'twin-cuda',
  category: 'packaging',
  question: 'Is there one CUDA and one NCCL in each process?',
  needs: ['step', 'loaded'],

  answer({ step, loaded }): Verdict {
    return ofEachProcess({ step, loaded }, (libraries, ranks) => {
      const runtimes = libraries.filter(({ kind }) => kind === 'cuda-runtime');
      const majors = new Set(runtimes.flatMap((runtime) => cudaMajor(runtime) ?? []));
      const nccl = libraries.filter(({ kind, version }) => kind === 'nccl' && version !== undefined);
      const versions = new Set(nccl.map(({ version }) => version));
      return {
        findings: [
          ...(majors.size > 1 ? [twinRuntime(runtimes, ranks)] : []),
          ...(versions.size > 1 ? [twinNccl(nccl, ranks)] : []),
        ],
      };
    });
  },
});

const twinRuntime = (copies: readonly LoadedLibrary[], ranks: readonly number[]): Finding => ({
  message: `CUDA runtimes of two major versions are in one process: ${nameSome(copies.map(copyText))}`,
  severity: 'warning',
  confidence: 'possible',
  harm: 'crash',
  fixer: 'user',
  fix: 'Install the packages that use GPUs for one CUDA, such as `cupy-cuda12x` beside a PyTorch for CUDA 12, after `python -m pip list | grep -i -E "cuda|cu1[0-9]"`',
  check: 'the page names CUDA runtimes of one major version',
  subject: 'libcudart',
  evidence: [copyEvidence(copies, ranks)],
});

const twinNccl = (copies: readonly LoadedLibrary[], ranks: readonly number[]): Finding => ({
  message: `two versions of NCCL are in one process: ${nameSome(copies.map(copyText))}; the one that was loaded first serves calls by name`,
  severity: 'warning',
  confidence: 'possible',
  harm: 'crash',
  fixer: 'user',
  fix: 'Keep one: take the other from `LD_LIBRARY_PATH` or run `python -m pip uninstall` on the package that brings it',
  check: 'the page names one libnccl',
  subject: 'libnccl',
  evidence: [copyEvidence(copies, ranks)],
});
