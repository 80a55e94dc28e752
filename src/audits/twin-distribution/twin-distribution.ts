import { type Artifacts, type Finding, isWithin, type Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { compare } from '../evidence.ts';
import { normalName } from '../mpi-in-use.ts';
import { nameSome } from '../name-some.ts';
import { rankClasses } from '../rank-classes.ts';
import { verdictOf } from '../verdict-of.ts';

interface Distribution {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
}
type Python = Artifacts['interpreters']['groups'][number]['value'];
type Origin = Python['pathEntries'][number]['origin'];

interface Twin {
  readonly winner: Distribution;
  readonly loser: Distribution;
}

/** Tools of installation: two versions are ordinary, and no job imports them. */
const TOOLS = new Set(['pip', 'setuptools', 'wheel', 'uv', 'virtualenv']);

export const twinDistribution = defineAudit({
  id: 'twin-distribution',
  category: 'packaging',
  question: 'Does each package come from one place on the search path?',
  needs: ['found', 'interpreters'],

  answer({ found, interpreters }): Verdict {
    const classes = rankClasses({
      found: found.groups,
      python: interpreters.groups,
      environment: interpreters.environment,
    });
    if (classes.every(({ values }) => !values.found)) {
      return { kind: 'unknown', because: 'what is installed was not recorded' };
    }
    const findings = new Map<string, Finding>();
    const notes = new Set<string>();
    for (const { values } of classes) {
      const origins = new Map((values.python?.pathEntries ?? []).map(({ path, origin }) => [path, origin]));
      const conda = values.environment?.searchPaths.CONDA_PREFIX ?? [];
      for (const [folder, twins] of byWinner(twinsOf(values.found?.distributions ?? []))) {
        const origin = origins.get(folder);
        const inside = twins.filter(({ loser }) => values.python && isOwn(loser.folder, values.python, conda));
        if ((origin === 'pythonpath' || origin === 'user') && inside.length > 0) {
          const finding = findingOf(folder, origin, inside);
          findings.set(finding.message, finding);
        } else notes.add(noteOf(folder, twins));
      }
    }
    return verdictOf([...findings.values()].slice(0, 4), [...notes].slice(0, 4));
  },
});

/** Of an environment that somebody made. To add to the system's packages from elsewhere is what search paths are for. */
function isOwn(folder: string, { prefix, basePrefix }: Python, conda: readonly string[]): boolean {
  return isWithin(folder, prefix) && (prefix !== basePrefix || conda.includes(prefix));
}

function noteOf(folder: string, twins: readonly Twin[]): string {
  const [first] = twins;
  if (twins.length !== 1 || !first) return `${twins.length} packages of ${folder} come before other versions of them`;
  return `${first.winner.name} ${first.winner.version} of ${folder} comes before ${first.loser.version}`;
}

/** Each name's first version, and the first other one after it. */
function twinsOf(distributions: Artifacts['found']['groups'][number]['value']['distributions']): Twin[] {
  const winners = new Map<string, Distribution>();
  const twins = new Map<string, Twin>();
  for (const { name, version, folder } of distributions) {
    if (folder === undefined) continue;
    const key = normalName(name);
    const distribution = { name, version, folder };
    const winner = winners.get(key);
    if (!winner) winners.set(key, distribution);
    else if (winner.version !== version && winner.folder !== folder && !twins.has(key) && !TOOLS.has(key)) {
      twins.set(key, { winner, loser: distribution });
    }
  }
  return [...twins.values()];
}

function byWinner(twins: readonly Twin[]): Map<string, Twin[]> {
  const folders = new Map<string, Twin[]>();
  for (const twin of twins) folders.set(twin.winner.folder, [...(folders.get(twin.winner.folder) ?? []), twin]);
  return folders;
}

const MOST_ROWS = 12;

const rowOf = ({ winner, loser }: Twin) => ({
  name: `${winner.name} ${winner.version} wins`,
  value: `over ${loser.version} of ${loser.folder}`,
});

function findingOf(folder: string, origin: Origin, twins: readonly Twin[]): Finding {
  const sorted = [...twins].sort((a, b) => compare(a.winner.name, b.winner.name));
  const texts = sorted.map(({ winner, loser }) => `${winner.name} ${winner.version} before ${loser.version}`);
  const source = origin === 'user' ? "the user's site folder" : 'PYTHONPATH';
  return {
    message: `${folder}, from ${source}, wins over the environment's own packages: ${nameSome(texts)}`,
    severity: 'warning',
    confidence: 'certain',
    harm: 'wrong-data',
    fixer: 'user',
    fix:
      origin === 'user'
        ? 'Run `export PYTHONNOUSERSITE=1` before the launch, or `python -m pip uninstall` the copies in the home directory'
        : `Take ${folder} off PYTHONPATH, unload the module that puts it there, or run \`unset PYTHONPATH\` before the launch`,
    check:
      '`python -c "import importlib.metadata as m; print(m.version(\'NAME\'))"` prints the version that the environment was made with',
    subject: folder,
    evidence: [{ kind: 'facts', rows: sorted.slice(0, MOST_ROWS).map(rowOf) }],
  };
}
