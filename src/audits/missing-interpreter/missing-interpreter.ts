import type { Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { verdictOf } from '../verdict-of.ts';

export const missingInterpreter = defineAudit({
  id: 'missing-interpreter',
  category: 'packaging',
  question: "Is the environment's Python there?",
  needs: ['environment'],

  answer({ environment: { python, place } }): Verdict {
    if (!python?.executable) return { kind: 'inapplicable', because: 'no interpreter belongs to it' };
    if (python.isThere !== false) return { kind: 'pass' };
    const from = python.basePrefix === undefined ? '' : `; it was made from the Python of ${python.basePrefix}`;
    return verdictOf([
      {
        message: `${python.executable} leads to nothing on this machine${from}`,
        severity: 'error',
        confidence: 'certain',
        harm: 'crash',
        fixer: 'user',
        fix: 'Make the environment anew from a Python that every node has, or load the module that brings the old one',
        check: `${python.executable} --version prints a version`,
        subject: place,
        evidence: [
          factEvidence({
            program: python.executable,
            'made from': python.basePrefix ?? 'not said',
            version: python.version ?? 'not said',
          }),
        ],
      },
    ]);
  },
});
