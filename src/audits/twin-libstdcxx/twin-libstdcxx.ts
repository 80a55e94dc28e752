import type { Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { bringer, copyEvidence, ofEachProcess } from '../loaded-libraries.ts';
import { nameSome } from '../name-some.ts';

export const twinLibstdcxx = defineAudit({
  id: 'twin-libstdcxx',
  category: 'packaging',
  question: 'Is there one C++ standard library in each process?',
  needs: ['step', 'loaded'],

  answer({ step, loaded }): Verdict {
    return ofEachProcess({ step, loaded }, (libraries, ranks) => {
      const copies = libraries.filter(({ kind }) => kind === 'libstdc++');
      if (copies.length < 2) return {};
      return {
        findings: [
          {
            message: `${copies.length} copies of libstdc++ are in one process, from ${nameSome(copies.map(bringer))}: exceptions and streams that cross between them may crash`,
            severity: 'warning',
            confidence: 'possible',
            harm: 'crash',
            fixer: 'user',
            fix: 'Let the newest serve all: `export LD_PRELOAD=/PATH/OF/THE/NEWEST/libstdc++.so.6` as a trial, then take the packages from one source or drop the folder of the older one from LD_LIBRARY_PATH',
            check: 'the page names one libstdc++',
            subject: 'libstdc++',
            evidence: [copyEvidence(copies, ranks)],
          },
        ],
      };
    });
  },
});
