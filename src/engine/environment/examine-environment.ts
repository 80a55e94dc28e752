import { formatCount, formatCountOf, VERSION } from '#base';
import type { Environment, EnvironmentReport, Finding } from '#schema';
import { type Asked, listCategories } from '../ask.ts';
import { type EnvironmentFacts, isKnown, isTried, judgePackaging } from '../packaging.ts';
import { listCopies, listNative, listOutside } from './summarise.ts';

const FORMS: Record<Exclude<Environment['form'], 'wheels'>, string> = {
  venv: 'virtual environment',
  conda: 'conda environment',
  prefix: "Python's own prefix",
  folder: 'folder of packages',
};

function tellContents(environment: Environment): string {
  const { form, python, distributions, objects, files } = environment;
  const kind = form === 'wheels' ? 'Wheels' : `A ${FORMS[form]}`;
  const version = python?.version === undefined ? '' : ` of Python ${python.version}`;
  const counted = [
    formatCountOf(distributions.length, 'distribution'),
    `${formatCountOf(objects.length, 'library', 'libraries')} and extension modules`,
    formatCountOf(files, 'file'),
  ];
  return `${kind}${version}: ${counted.join(', ')}.`;
}

function tellFindings(asked: readonly Asked[]): string {
  const findings = asked.flatMap(({ verdict, allowed }) =>
    verdict.kind === 'fail' && allowed === undefined ? verdict.findings : [],
  );
  const grave = findings.filter(({ severity }: Finding) => severity !== 'note');
  const [first] = grave;
  if (!first) return findings.length === 0 ? 'Nothing was found wrong.' : 'Nothing was found wrong; there are notes.';
  const more = grave.length > 1 ? `, and ${formatCount(grave.length - 1)} more below` : '';
  // Not as a sentence: it may begin with the name of a file.
  return `Found: ${first.message}${more}.`;
}

/** What an environment contains, and what is wrong with it. */
export function examineEnvironment(facts: EnvironmentFacts, allowed: ReadonlyMap<string, string>): EnvironmentReport {
  const { environment, linkage, mpi4py, trial } = facts;
  const { asked, unknowns } = judgePackaging(facts, allowed);
  return {
    kind: 'pharos-environment-report',
    version: 1,
    tool: { name: 'pharos', version: VERSION },
    headline: [tellContents(environment), tellFindings(asked)],
    categories: listCategories(asked),
    native: listNative(environment),
    copies: listCopies(environment),
    outside: listOutside(environment, isKnown(linkage) ? linkage : undefined),
    unknowns,
    ...(mpi4py ? { mpi4py } : {}),
    ...(trial && isTried(trial) ? { trial } : {}),
    environment,
    ...(isKnown(linkage) ? { linkage } : {}),
  };
}
