import { formatCountOf, shellPath } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { nothingLoaded, some } from '../loaded-libraries.ts';
import { verdictOf } from '../verdict-of.ts';

type Shadow = Artifacts['interpreters']['modules'][number]['value']['shadows'][number];

export const shadowedModule = defineAudit({
  id: 'shadowed-module',
  category: 'packaging',
  question: 'Does a file take the place of a module of the standard library or of an installed package?',
  needs: ['step', 'interpreters'],

  answer({ step, interpreters: { modules } }): Verdict {
    if (modules.length === 0) return nothingLoaded(step, 'which modules were loaded');
    const byPath = new Map<string, { shadow: Shadow; ranks: number }>();
    for (const { value, ranks } of modules) {
      for (const shadow of value.shadows) {
        const known = byPath.get(shadow.path);
        byPath.set(shadow.path, {
          shadow: known?.shadow.loaded ? known.shadow : shadow,
          ranks: (known?.ranks ?? 0) + ranks.length,
        });
      }
    }
    const all = [...byPath.values()];
    const kinds = [
      all.filter(({ shadow }) => shadow.loaded && shadow.hides === 'standard library'),
      all.filter(({ shadow }) => shadow.loaded && shadow.hides === 'distribution'),
      all.filter(({ shadow }) => !shadow.loaded),
    ];
    return verdictOf(kinds.flatMap((one) => findingFor(one)));
  },
});

function findingFor(shadows: readonly { readonly shadow: Shadow; readonly ranks: number }[]): Finding[] {
  const [first] = shadows;
  if (!first) return [];
  const { module, path, hides, loaded } = first.shadow;
  const names = some(shadows.map(({ shadow }) => shadow.path));
  const what =
    shadows.length === 1
      ? `${module} of ${placeOf(hides)}`
      : `${formatCountOf(shadows.length, 'module')} of ${placeOf(hides)}`;
  const standard = hides === 'standard library';
  return [
    {
      message: loaded
        ? `${names} ${shadows.length === 1 ? 'was' : 'were'} imported in place of ${what}`
        : `${names} would take the place of ${what} if ${shadows.length === 1 ? 'it was' : 'they were'} imported`,
      severity: !loaded ? 'note' : standard ? 'error' : 'warning',
      confidence: standard || !loaded ? 'certain' : 'likely',
      harm: 'crash',
      fixer: 'user',
      fix: standard
        ? `Rename the file, \`mv ${shellPath(path)} ${shellPath(renamed(path))}\`, or start Python with \`-P\` (3.11 and later)`
        : `Rename ${path}, or take its folder off PYTHONPATH, if the installed package is the one that is meant`,
      check: `\`python -c "import ${safeName(module)}; print(${safeName(module)}.__file__)"\` from the same folder names the ${hides}`,
      subject: path,
      evidence: [{ kind: 'facts', rows: shadows.slice(0, MOST_ROWS).map(rowOf) }],
    },
  ];
}

const MOST_ROWS = 12;

const rowOf = ({ shadow, ranks }: { readonly shadow: Shadow; readonly ranks: number }) => ({
  name: `${shadow.module} of ${placeOf(shadow.hides)}, ${formatCountOf(ranks, 'rank')}`,
  value: shadow.path,
});

const placeOf = (hides: Shadow['hides']) =>
  hides === 'standard library' ? 'the standard library' : 'an installed package';

const renamed = (path: string) => (path.endsWith('.py') ? path.replace(/\.py$/, '_of_mine.py') : `${path}_of_mine`);

/** A module's name goes into a command: nothing but a name does. */
const safeName = (module: string) => (/^[A-Za-z_][\w.]*$/.test(module) ? module : 'MODULE');
