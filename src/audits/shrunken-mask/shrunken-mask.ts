import { countCpus, formatCountOf, parseCpuList } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { byRank, groupBy } from '../by-rank.ts';
import { factEvidence } from '../evidence.ts';
import { binderOf, bindingVariables, openmpOf, shrinks } from '../mask-changes.ts';
import { nameRanks } from '../name-some.ts';
import { coreCounter } from '../rank-masks.ts';
import { verdictOf } from '../verdict-of.ts';

/** A rank whose mask is smaller after the imports than it was before them. */
interface Shrunken {
  readonly rank: number;
  readonly before: string;
  readonly after: string;
  readonly binder: ReturnType<typeof binderOf>;
  /** Absent where no import was seen to do it. */
  readonly module?: string;
  readonly libraries: readonly string[];
  readonly variables: readonly string[];
}

const cpusIn = (list: string) => countCpus(parseCpuList(list));

function shrunkenRanks({ placement, interpreters }: Pick<Artifacts, 'placement' | 'interpreters'>): Shrunken[] {
  const changes = byRank(placement.maskChanges);
  const environments = byRank(interpreters.environment);

  const describe = (rank: number, before: string, after: string): Shrunken => {
    const change = changes.get(rank)?.find(shrinks);
    const variables = bindingVariables(environments.get(rank)?.values);
    const shared = { rank, before, after, variables };
    if (change)
      return { ...shared, module: change.module, libraries: change.libraries, binder: binderOf(change, variables) };
    return { ...shared, libraries: [], binder: variables.length > 0 ? 'openmp' : 'unknown' };
  };

  return placement.nodes.flatMap(({ layout, ranks }) => {
    const coresIn = coreCounter(placement.layouts[layout ?? -1]);
    // One hardware thread of each core instead of two takes no core.
    const isShrunken = (before: string, after: string) => coresIn(parseCpuList(after)) < coresIn(parseCpuList(before));
    return ranks.flatMap(({ rank, atStart, afterImports }) =>
      atStart && afterImports && atStart !== afterImports && isShrunken(atStart, afterImports)
        ? [describe(rank, atStart, afterImports)]
        : [],
    );
  });
}

function findingOf(ranks: readonly [Shrunken, ...Shrunken[]]): Finding {
  const [{ rank, before, after, binder, module, libraries, variables }] = ranks;
  const library = openmpOf(libraries);
  const by = module === undefined ? 'something that ran after its start' : `the import of ${module}`;
  const through = library === undefined ? '' : ` (${library})`;
  const because = variables.length > 0 ? `, asked by ${variables.join(' and ')}` : '';
  const more = ranks.length > 1 ? ` and ${formatCountOf(ranks.length - 1, 'other rank')}` : '';
  return {
    message: `${by}${through} took rank ${rank}${more} from ${formatCountOf(cpusIn(before), 'CPU')} to ${cpusIn(after)}${because}`,
    // Nobody asked for it by a variable and no OpenMP was seen: the job's own code may want it so.
    severity: binder === 'unknown' ? 'note' : 'warning',
    confidence: module === undefined ? 'likely' : 'certain',
    harm: 'cost',
    fixer: 'user',
    fix: fixOf(module, variables),
    check:
      module === undefined
        ? 'the page has the same CPUs for the rank before and after'
        : "`python -c 'import os; IMPORTS; print(len(os.sched_getaffinity(0)))'` prints what it prints without the imports",
    subject: module ?? 'CPU mask',
    evidence: [
      factEvidence({
        ranks: nameRanks(ranks.map((one) => one.rank)),
        'CPUs before': before,
        'CPUs after': after,
        import: module ?? 'not known',
        'OpenMP runtime loaded by then': library ?? 'none that is known',
        'variables that ask for it': variables.join(' ') || 'none',
      }),
    ],
  };
}

function fixOf(module: string | undefined, variables: readonly string[]): string {
  const names = variables.map((variable) => variable.slice(0, variable.indexOf('=')));
  if (names.length === 0 && module === undefined)
    return 'Look for what binds between the launcher and the imports, `taskset`, `numactl`, a wrapper, a launcher of its own or `os.sched_setaffinity`, and let one alone bind.';
  if (names.length === 0)
    return 'Start process pools, or read the mask, before this import; let the launcher alone bind.';
  const others = names.filter((name) => name !== 'OMP_PROC_BIND');
  const unset = others.length > 0 ? `unset ${others.join(' ')}; ` : '';
  return `Let the launcher alone bind: \`${unset}export OMP_PROC_BIND=false\`.`;
}

export const shrunkenMask = defineAudit({
  id: 'shrunken-mask',
  category: 'parallelism',
  question: 'Did an import take CPUs from the ranks?',
  needs: ['placement', 'interpreters'],

  answer(artifacts): Verdict {
    const asked = artifacts.placement.nodes.flatMap(({ ranks }) => ranks);
    if (asked.every(({ atStart, afterImports }) => !(atStart && afterImports)))
      return { kind: 'unknown', because: 'no CPU mask was recorded both before and after the imports' };

    const shrunken = shrunkenRanks(artifacts);
    const pinned = shrunken.filter(({ binder }) => binder === 'mpi');
    const notes = pinned.length > 0 ? [`MPI pinned ${nameRanks(pinned.map(({ rank }) => rank))} as it started`] : [];
    const taken = shrunken.filter(({ binder }) => binder !== 'mpi');
    const causes = groupBy(taken, ({ module, variables }) => JSON.stringify([module, variables]));
    return verdictOf(
      [...causes.values()].flatMap(([first, ...rest]) => (first ? [findingOf([first, ...rest])] : [])),
      notes,
    );
  },
});
