import { formatCountOf, shellPath } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { folderOf } from '../evidence.ts';
import { nothingLoaded } from '../loaded-libraries.ts';
import { nameSome } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

/** One installed package before another is the matter of twin-distribution. */
const SITE_FOLDER = /\/(site|dist)-packages\//;

/** Parts of the standard library that no package asks for: a project's own `test` is ordinary. */
const NEVER_MISSED = new Set(['test', 'this', 'antigravity', 'turtle', 'turtledemo', 'idlelib', 'lib2to3']);

type Shadow = Artifacts['interpreters']['modules'][number]['value']['shadows'][number];

interface Seen {
  readonly shadow: Shadow;
  readonly ranks: number;
}

export const shadowedModule = defineAudit({
  id: 'shadowed-module',
  category: 'packaging',
  question: 'Does a file take the place of a module of the standard library or of an installed package?',
  needs: ['step', 'interpreters'],

  answer({ step, interpreters }): Verdict {
    const { modules, groups } = interpreters;
    if (modules.length === 0) return nothingLoaded(step, 'which modules were loaded');
    const entries = groups.flatMap(({ value }) => value.pathEntries);
    const beside = new Set(entries.filter(({ origin }) => origin === 'script').map(({ path }) => path));
    const all = distinct(modules);
    const standard = all.filter(({ shadow }) => shadow.loaded && shadow.hides === 'standard library');
    const packages = all.filter(({ shadow }) => shadow.loaded && shadow.hides === 'distribution');
    // Beside the script lies what is being worked on; elsewhere somebody else put it.
    const isOwn = ({ shadow }: Seen) => beside.has(searchedFolder(shadow.path));
    return verdictOf([
      ...findingFor(standard, 'error'),
      ...findingFor(
        packages.filter((one) => !isOwn(one)),
        'warning',
      ),
      ...findingFor(packages.filter(isOwn), 'note'),
      ...findingFor(
        all.filter(({ shadow }) => !shadow.loaded),
        'note',
      ),
    ]);
  },
});

/** Each file once. */
function distinct(modules: Artifacts['interpreters']['modules']): Seen[] {
  const byPath = new Map<string, Seen>();
  for (const { value, ranks } of modules) {
    for (const shadow of value.shadows.filter(matters)) {
      const known = byPath.get(shadow.path);
      byPath.set(shadow.path, {
        shadow: known?.shadow.loaded ? known.shadow : shadow,
        ranks: (known?.ranks ?? 0) + ranks.length,
      });
    }
  }
  return [...byPath.values()];
}

function matters({ module, path, hides }: Shadow): boolean {
  if (hides === 'distribution') return !SITE_FOLDER.test(path);
  return !NEVER_MISSED.has(module.split('.', 1)[0] ?? '') && !path.includes('/setuptools/_distutils/');
}

function findingFor(shadows: readonly Seen[], severity: Finding['severity']): Finding[] {
  const [first] = shadows;
  if (!first) return [];
  const { module, path, hides, loaded } = first.shadow;
  const names = nameSome(shadows.map(({ shadow }) => shadow.path));
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
      severity,
      confidence: standard || !loaded ? 'certain' : 'likely',
      harm: 'crash',
      fixer: 'user',
      fix: standard
        ? `Rename the file, \`mv ${shellPath(path)} ${shellPath(renamed(path))}\`, or start Python with \`-P\` (3.11 and later)`
        : `Take ${searchedFolder(path)} off the search path, or rename what lies there, if the installed package is the one that is meant`,
      check: `\`python -c "import ${safeName(module)}; print(${safeName(module)}.__file__)"\` from the same folder names ${placeOf(hides)}`,
      subject: path,
      evidence: [{ kind: 'facts', rows: shadows.slice(0, MOST_ROWS).map(rowOf) }],
    },
  ];
}

const MOST_ROWS = 12;

const rowOf = ({ shadow, ranks }: Seen) => ({
  name: `${shadow.module} of ${placeOf(shadow.hides)}, ${formatCountOf(ranks, 'rank')}`,
  value: shadow.path,
});

const placeOf = (hides: Shadow['hides']) =>
  hides === 'standard library' ? 'the standard library' : 'an installed package';

/** The entry of the search path in which a module or a package lies. */
const searchedFolder = (path: string) => folderOf(path.endsWith('/__init__.py') ? folderOf(path) : path);

const renamed = (path: string) => (path.endsWith('.py') ? path.replace(/\.py$/, '_of_mine.py') : `${path}_of_mine`);

/** A module's name goes into a command: nothing but a name does. */
const safeName = (module: string) => (/^[A-Za-z_][\w.]*$/.test(module) ? module : 'MODULE');
