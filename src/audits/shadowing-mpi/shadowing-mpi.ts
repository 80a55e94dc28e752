import { shellPath } from '#base';
import { fitOf, launcherOf } from '#knowledge';
import { type Artifacts, type Finding, isWithin, type Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence, folderOf } from '../evidence.ts';
import { type MpiInUse, mpiFound, normalName, usesMpi } from '../mpi-in-use.ts';
import { rankClasses } from '../rank-classes.ts';
import { verdictOf } from '../verdict-of.ts';

type FoundLibrary = Artifacts['found']['groups'][number]['value']['mpi'][number];

export const shadowingMpi = defineAudit({
  id: 'shadowing-mpi',
  category: 'packaging',
  question: "Does an MPI library in the environment hide the site's?",
  needs: ['world', 'found', 'interpreters'],

  answer({ world, found, interpreters }): Verdict {
    const classes = rankClasses({
      launched: world.launched,
      found: found.groups,
      python: interpreters.groups,
      mpi: world.mpi,
    });
    if (classes.every(({ values }) => !values.found)) {
      return { kind: 'unknown', because: 'what is in the environment was not recorded' };
    }
    const answers = classes.flatMap(({ values }) => answerFor(values) ?? []);
    const findings = answers.filter((one) => typeof one !== 'string');
    const notes = answers.filter((one) => typeof one === 'string');
    const distinct = new Map(findings.map((finding) => [finding.message, finding]));
    return verdictOf([...distinct.values()].slice(0, 3), [...new Set(notes)].slice(0, 3));
  },
});

interface Seen {
  readonly launched: Artifacts['world']['launched'][number]['value'] | undefined;
  readonly mpi: Artifacts['world']['mpi'][number]['value'] | undefined;
  readonly found: Artifacts['found']['groups'][number]['value'] | undefined;
  readonly python: Artifacts['interpreters']['groups'][number]['value'] | undefined;
}

function answerFor({ launched, mpi, found, python }: Seen): Finding | string | undefined {
  const [winner] = mpiFound(found);
  if (!found || !winner || !usesMpi(found)) return undefined;
  if (!winner.distribution && !(python && isInEnvironment(winner.path, python.prefix))) return undefined;
  const hidden = found.mpi.slice(1).find((other) => isOutside(other, winner, python?.prefix));
  if (!hidden) return undefined;
  // Without a launcher there is no network to know: a workstation, or a login node.
  if (!launched || !launcherOf(launched)) return `${winner.path} is found before ${hidden.path}`;
  const joined = mpi?.state === 'initialized' || mpi?.state === 'finalized';
  const fit = !joined ? fitOf(launched, winner) : undefined;
  // Worse than a slow network, and told by its own audit.
  if (fit?.kind === 'apart') return `${winner.path} hides ${hidden.path}: see foreign-mpi`;
  // With a launcher that only the environment's own fits, somebody chose both.
  if (fitOf(launched, hidden).kind === 'apart') return `${winner.path} goes with its own launcher`;
  return findingOf(winner, hidden);
}

/** Debian's own prefix holds everything: there nothing is hidden by an environment. */
function isInEnvironment(path: string, prefix: string): boolean {
  return prefix !== '/usr' && prefix !== '/' && isWithin(path, prefix);
}

/** Another installation, not another name for the same. */
function isOutside(other: FoundLibrary, winner: MpiInUse, prefix: string | undefined): boolean {
  return folderOf(other.path) !== folderOf(winner.path) && !(prefix && isInEnvironment(other.path, prefix));
}

function findingOf(winner: MpiInUse, hidden: FoundLibrary): Finding {
  const { distribution } = winner;
  const name = distribution ? `${distribution.name} ${distribution.version} from PyPI` : 'the environment';
  // On LD_LIBRARY_PATH somebody put it for this job; in a system folder it may be there for anybody.
  const meant = hidden.via.includes('LD_LIBRARY_PATH');
  const uninstall = `\`python -m pip uninstall ${distribution ? normalName(distribution.name) : ''}\``;
  const choose = `\`export MPI4PY_LIBMPI=${shellPath(hidden.path)}\``;
  return {
    message: `mpi4py gets ${winner.path}, which ${name} brought, and not ${hidden.path}: it does not know the site's network`,
    severity: meant ? 'warning' : 'note',
    confidence: 'likely',
    harm: 'cost',
    fixer: 'user',
    fix: distribution ? `Run ${uninstall}, or ${choose} before the launch` : `Run ${choose} before the launch`,
    check:
      '`python -c "from mpi4py import MPI; print(MPI.Get_library_version())"` in the step names the site\'s library',
    subject: winner.path,
    evidence: [
      factEvidence({
        'found first': `${winner.path} (${winner.family})`,
        'hidden by it': `${hidden.path} (${hidden.family})`,
        'which would be found by': hidden.via,
        ...(distribution ? { 'brought by': `${distribution.name} ${distribution.version}` } : {}),
      }),
    ],
  };
}
