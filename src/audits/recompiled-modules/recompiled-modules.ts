import { formatCountOf } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { nothingLoaded } from '../loaded-libraries.ts';
import { rankClasses } from '../rank-classes.ts';
import { verdictOf } from '../verdict-of.ts';

/** Fewer are the job's own files: a script's folder often is not writable, or was just edited. */
const MANY = 50;

export const recompiledModules = defineAudit({
  id: 'recompiled-modules',
  category: 'start-up',
  question: 'Is there bytecode for the modules that each rank imports?',
  needs: ['step', 'interpreters'],

  answer({ step, interpreters }): Verdict {
    if (interpreters.modules.length === 0) return nothingLoaded(step, 'which modules were loaded');
    const classes = rankClasses({ modules: interpreters.modules, python: interpreters.groups });
    const worst = classes
      .filter(({ values }) => values.modules)
      .sort((a, b) => (b.values.modules?.fromSource ?? 0) - (a.values.modules?.fromSource ?? 0))[0];
    const modules = worst?.values.modules;
    if (!worst || !modules || modules.fromSource < MANY) return { kind: 'pass' };
    const ranks = classes
      .filter(({ values }) => (values.modules?.fromSource ?? 0) >= MANY)
      .flatMap((one) => one.ranks).length;
    return verdictOf([findingOf(modules, ranks, worst.values.python)]);
  },
});

function findingOf(
  modules: Artifacts['interpreters']['modules'][number]['value'],
  ranks: number,
  python: Artifacts['interpreters']['groups'][number]['value'] | undefined,
): Finding {
  const kept = python?.flags.dontWriteBytecode === true;
  const why = kept
    ? 'Python is told not to write bytecode (PYTHONDONTWRITEBYTECODE, -B), so every start does it again'
    : 'where bytecode cannot be written, every start does it again';
  return {
    message: `${modules.fromSource} of ${formatCountOf(modules.modules, 'module')} were compiled from source by each of ${formatCountOf(ranks, 'rank')}: ${why}`,
    // Without the flag this may have been the first start, which wrote it.
    severity: kept ? 'warning' : 'note',
    confidence: kept ? 'certain' : 'possible',
    harm: 'cost',
    fixer: 'user',
    fix: `Run \`python -m compileall -q "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')"\` once, with the job's Python, where you may write`,
    check: 'a second run of the doctor names fewer modules',
    subject: python?.prefix ?? 'bytecode',
    evidence: [
      factEvidence({
        'modules loaded': String(modules.modules),
        'compiled from source': String(modules.fromSource),
        'some of them': modules.fromSourceNames.slice(0, 8).join(', ') || 'not recorded',
      }),
    ],
  };
}
