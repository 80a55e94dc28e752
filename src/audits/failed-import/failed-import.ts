import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { verdictOf } from '../verdict-of.ts';

type ImportTrial = Artifacts['trial'];

export const failedImport = defineAudit({
  id: 'failed-import',
  category: 'packaging',
  question: 'Can the modules that were named be imported here?',
  needs: ['trial', 'environment'],

  answer({ trial, environment }): Verdict {
    const python = environment.python?.executable ?? 'python';
    const failed = trial.modules.flatMap(({ name, failed: error }) =>
      error ? [findingOf({ python, name, how: `${error.type}: ${error.text}`, said: '' })] : [],
    );
    return verdictOf([...failed, ...endOf(trial, python)]);
  },
});

/** A process that died has not told of what came after. */
function endOf({ ended }: ImportTrial, python: string): Finding[] {
  if (!ended) return [];
  const { how, during, said } = ended;
  return during === undefined ? [] : [findingOf({ python, name: during, how: `the process ended: ${how}`, said })];
}

interface Failed {
  readonly python: string;
  readonly name: string;
  readonly how: string;
  /** The last that it wrote. */
  readonly said: string;
}

function findingOf({ python, name, how, said }: Failed): Finding {
  const [first = ''] = how.split('\n');
  return {
    message: `import ${name} fails: ${first.slice(0, 300)}`,
    severity: 'error',
    confidence: 'certain',
    harm: 'crash',
    fixer: 'user',
    fix: 'Cure what the error names: pharos why tells where a library was looked for; where a module cannot be found, install what brings it',
    check: `${python} -c 'import ${name}' says nothing`,
    subject: name,
    evidence: [factEvidence({ error: how.slice(0, 2000), ...(said.trim() === '' ? {} : { said: said.trim() }) })],
  };
}
