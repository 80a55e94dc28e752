import { environmentAudits, importAudits, siteAudits } from '#audits';
import { type Failure, formatCountOf } from '#base';
import type {
  ArtifactId,
  Artifacts,
  Environment,
  EnvironmentReport,
  ImportTrial,
  Linkage,
  Report,
  SiteNeeds,
} from '#schema';
import { type Asked, ask } from './ask.ts';
import type { Gathered } from './gathered.ts';

/** What is known of an environment; how this machine would link it, or why that is not known. */
export interface EnvironmentFacts {
  readonly environment: Environment;
  readonly linkage: Linkage | Failure;
  /** Where the user names a file of it. */
  readonly site?: SiteNeeds;
  /** Where the user names modules: what their import did, or why that is not known. */
  readonly trial?: ImportTrial | Failure;
  /** Where mpi4py is installed and the loader is known. */
  readonly mpi4py?: NonNullable<EnvironmentReport['mpi4py']>;
}

export const isTried = (trial: ImportTrial | Failure): trial is ImportTrial => 'modules' in trial;
export const isKnown = (linkage: Linkage | Failure): linkage is Linkage => 'objects' in linkage;

/** What is on disk where the job's Python is of, or why that is not known. */
export type EnvironmentQuestion = EnvironmentFacts | Failure;

/** As artifacts; how it links only where that is known. */
function gatherEnvironment({ environment, linkage, site, trial }: EnvironmentFacts): Gathered {
  const artifacts: Partial<Artifacts> = {
    environment,
    ...(isKnown(linkage) ? { linkage } : {}),
    ...(site ? { site } : {}),
    ...(trial && isTried(trial) ? { trial } : {}),
  };
  const failures = new Map<ArtifactId, Failure>(isKnown(linkage) ? [] : [['linkage', linkage]]);
  if (trial && !isTried(trial)) failures.set('trial', trial);
  return { artifacts, failures };
}

function listUntold(trial: ImportTrial | Failure): Report['unknowns'] {
  if (!isTried(trial)) return [{ what: 'what its modules load', because: trial.message }];
  const because = `the process has ${formatCountOf(trial.differing.length, 'library', 'libraries')} from elsewhere than the loader's rules say; reasons are not looked for`;
  return trial.differing.length === 0 ? [] : [{ what: 'why imports load what they load', because }];
}

/** What could not be told of an environment, and why. */
const listUnknownOf = ({ environment, linkage, trial }: EnvironmentFacts): Report['unknowns'] => [
  ...(isKnown(linkage) ? [] : [{ what: 'which copies its libraries would get', because: linkage.message }]),
  ...(trial ? listUntold(trial) : []),
  ...environment.unknown,
];

export interface Packaging {
  readonly asked: readonly Asked[];
  readonly unknowns: Report['unknowns'];
}

/** What is wrong with an environment. */
export const judgePackaging = (facts: EnvironmentFacts, allowed: ReadonlyMap<string, string>): Packaging => ({
  asked: ask(
    [...environmentAudits, ...(facts.site ? siteAudits : []), ...(facts.trial ? importAudits : [])],
    gatherEnvironment(facts),
    allowed,
  ),
  unknowns: listUnknownOf(facts),
});

/** The same of a job, whose environment was read, was not to be had, or was not looked at: then nothing is asked. */
export function judgeJobPackaging(
  environment: EnvironmentQuestion | undefined,
  allowed: ReadonlyMap<string, string>,
): Packaging {
  if (environment === undefined) return { asked: [], unknowns: [] };
  if ('environment' in environment) return judgePackaging(environment, allowed);
  return { asked: [], unknowns: [{ what: 'packaging', because: environment.message }] };
}
