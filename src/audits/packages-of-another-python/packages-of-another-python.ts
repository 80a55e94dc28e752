import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { groupBy } from '../by-rank.ts';
import { factEvidence } from '../evidence.ts';
import { nameRanks } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

type Interpreter = Artifacts['interpreters']['groups'][number];
type Entry = Interpreter['value']['pathEntries'][number];

/** The folder in which an interpreter of that version keeps packages: `lib/python3.12/site-packages`, of a prefix. */
const OWN_FOLDER = /\/lib(?:64)?\/python(\d+\.\d+)t?\/(?:site|dist)-packages\/?$/;

const BROUGHT_BY: Partial<Record<Entry['origin'], string>> = {
  pythonpath: 'PYTHONPATH',
  pth: 'a .pth file',
  user: "the user's site folder",
};

interface Foreign {
  readonly ranks: number[];
  readonly entry: Entry;
  /** Minor versions, `3.12`: whose packages they are, and what runs. */
  readonly of: string;
  readonly own: string;
}

function foreignEntries({ ranks, value }: Interpreter): Foreign[] {
  const own = value.version.split('.').slice(0, 2).join('.');
  return value.pathEntries.flatMap((entry) => {
    const of = OWN_FOLDER.exec(entry.path)?.[1];
    const isThere = entry.exists !== false;
    return of !== undefined && of !== own && isThere ? [{ ranks, entry, of, own }] : [];
  });
}

function findingOf(first: Foreign, ranks: readonly number[]): Finding {
  const { entry, of, own } = first;
  const source = BROUGHT_BY[entry.origin] ?? 'code that changes sys.path';
  return {
    message: `${entry.path}, from ${source}, holds packages of Python ${of}, and this is ${own}: what was compiled for ${of} cannot be imported`,
    severity: 'warning',
    confidence: 'likely',
    harm: 'crash',
    fixer: 'user',
    fix:
      entry.origin === 'pythonpath'
        ? 'Take the folder out of PYTHONPATH, `unset PYTHONPATH`, or unload the module that set it and load the one for this Python.'
        : `Install the packages for Python ${own}, and take the folder off its search path.`,
    check: "`python -c 'import sys; print(sys.path)'` names folders of its own version only",
    subject: entry.path,
    evidence: [factEvidence({ folder: entry.path, 'brought by': source, 'this Python': own, ranks: nameRanks(ranks) })],
  };
}

export const packagesOfAnotherPython = defineAudit({
  id: 'packages-of-another-python',
  category: 'packaging',
  question: 'Are all packages on the search path of this version of Python?',
  needs: ['interpreters'],

  answer({ interpreters: { groups } }): Verdict {
    if (groups.length === 0) return { kind: 'unknown', because: 'the interpreter was not recorded' };
    const foreign = groups.flatMap(foreignEntries);
    const byFolder = groupBy(foreign, ({ entry, own }) => `${entry.path} ${own}`);
    const findings = [...byFolder.values()].flatMap((same) => {
      const [first] = same;
      return first
        ? [
            findingOf(
              first,
              same.flatMap(({ ranks }) => ranks),
            ),
          ]
        : [];
    });
    return verdictOf(findings.slice(0, 8));
  },
});
