import type { Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { bringer, copyEvidence, ofEachProcess } from '../loaded-libraries.ts';
import { nameSome } from '../name-some.ts';

/** Fronts and the reference library: they forward to another, or hold no threads. */
const NO_THREADS_OF_ITS_OWN = /flexiblas|netlib|reference|^lib(blas|lapack|cblas|lapacke)$/i;

export const twinBlas = defineAudit({
  id: 'twin-blas',
  category: 'packaging',
  question: 'Which BLAS libraries are in each process?',
  needs: ['step', 'loaded'],

  answer({ step, loaded }): Verdict {
    return ofEachProcess({ step, loaded }, (libraries, ranks) => {
      const copies = libraries.filter(({ kind, name }) => kind === 'blas' && !NO_THREADS_OF_ITS_OWN.test(name));
      const products = [...new Set(copies.map(({ name }) => name))];
      if (products.length < 2) {
        const texts = copies.map(bringer);
        if (copies.length < 2 || products[0] === 'MKL') return {};
        return {
          notes: [
            `${copies.length} copies of ${products[0]}, from ${nameSome(texts)}: each has threads of its own, they do not clash`,
          ],
        };
      }
      return {
        findings: [
          {
            message: `${nameSome(products)} are in one process, from ${nameSome(copies.map(bringer))}: results are right, each has threads and memory of its own`,
            severity: 'note',
            confidence: 'certain',
            harm: 'cost',
            fixer: 'user',
            fix: 'Set both numbers of threads, `export OPENBLAS_NUM_THREADS=N MKL_NUM_THREADS=N`, with N the cores of a rank',
            check: 'the page lists each pool with the threads that were meant for it',
            subject: products.join(' + '),
            evidence: [copyEvidence(copies, ranks)],
          },
        ],
      };
    });
  },
});
