import { formatCountOf } from '#base';
import type { Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { groupBy } from '../by-rank.ts';
import { factEvidence } from '../evidence.ts';
import { isPlainName, nameRanks } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

function findingOf(module: string, ranks: readonly number[]): Finding {
  const first = module.split('.')[0] ?? module;
  const name = isPlainName(first) ? first : 'PACKAGE';
  return {
    message: `the import of ${module} turned the GIL on in a free-threaded Python, in ${formatCountOf(ranks.length, 'rank')}`,
    severity: 'warning',
    confidence: 'certain',
    harm: 'cost',
    fixer: 'package',
    fix: `Install a version of ${name} that says it runs without the GIL, \`python -m pip install --upgrade ${name}\`, or count on one running thread per process.`,
    check: `\`python -c 'import sys, ${name}; print(sys._is_gil_enabled())'\` prints False`,
    subject: module,
    evidence: [factEvidence({ module, ranks: nameRanks(ranks) })],
  };
}

export const reenabledGil = defineAudit({
  id: 'reenabled-gil',
  category: 'parallelism',
  question: 'Did an import turn the GIL on?',
  needs: ['interpreters'],

  answer({ interpreters }): Verdict {
    const turnedOn = interpreters.modules.filter(({ value }) => value.gilTurnedOnBy !== undefined);
    const byModule = groupBy(turnedOn, ({ value }) => value.gilTurnedOnBy ?? '');
    const findings = [...byModule].map(([module, groups]) =>
      findingOf(
        module || 'a module',
        groups.flatMap(({ ranks }) => ranks),
      ),
    );
    if (findings.length > 0) return verdictOf(findings);
    if (interpreters.groups.length === 0) return { kind: 'unknown', because: 'the interpreter was not recorded' };
    if (interpreters.groups.some(({ value }) => value.gil === 'disabled')) return { kind: 'pass' };
    return { kind: 'inapplicable', because: 'the interpreter runs with the GIL' };
  },
});
