import { statSync } from 'node:fs';
import { type Failure, failure, type Result, success } from '#base';
import { type EnvironmentFacts, examineEnvironment } from '#engine';
import { printJson, renderEnvironmentText } from '#report';
import type { Environment, SiteNeeds } from '#schema';
import type { Context } from '../command.ts';
import { checkOwn, readSiteFile, writeOwn } from '../files/index.ts';
import { type JudgeOptions, judge } from './audit-recordings.ts';
import { type FoundEnvironment, findEnvironment, findWheels, readFacts, readMpi4py } from './find-environment.ts';
import { readQuestion } from './question.ts';
import { readModuleNames, tryImports } from './try-imports.ts';

export interface EnvironmentOptions extends JudgeOptions {
  readonly json?: boolean;
  readonly all?: boolean;
  readonly out?: string;
  readonly site?: string;
  readonly import?: readonly string[];
  readonly seconds?: number;
}

const EVERY = 100_000;

const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;

const NO_PLACE = failure({
  code: 'cli/usage',
  message: 'no environment is named, and none is active',
  hint: 'Name its folder, as in: pharos env .venv.',
});

const noWheel = ([first]: Environment['unknown']) =>
  failure({
    code: 'cli/cannot-read',
    message: first ? `${first.what}: ${first.because}` : 'the wheels hold no distribution',
    hint: 'Build the wheel again, or copy it again.',
  });

const NO_PYTHON: Failure = { code: 'environment/no-python', message: 'no interpreter belongs to it' };

const SEVERAL = failure({
  code: 'cli/usage',
  message: 'several places are named, and not all are wheels',
  hint: 'Name one environment, or wheels: pharos env dist/*.whl.',
});

/** One environment, or wheels as files. A folder may be named like a wheel. */
async function findNamed(places: readonly string[], environment: NodeJS.ProcessEnv) {
  const [place] = places;
  if (place === undefined) return NO_PLACE;
  const wheels = places.every((one) => !isFolder(one)) ? await findWheels(places) : undefined;
  if (wheels?.environment.distributions.length === 0) return noWheel(wheels.environment.unknown);
  if (wheels) return success(wheels);
  return places.length === 1 ? findEnvironment(place, environment) : SEVERAL;
}

interface More {
  readonly site: SiteNeeds | undefined;
  /** Modules to import. */
  readonly names: readonly string[];
  /** They may take so long. */
  readonly seconds: number | undefined;
}

async function factsOf(found: FoundEnvironment, more: More, context: Context): Promise<EnvironmentFacts> {
  const { site, names } = more;
  const mpi4py = await readMpi4py(found, context.environment);
  const trial = names.length > 0 ? await trialOf(found, more, context) : undefined;
  return {
    ...(await readFacts(found)),
    ...(mpi4py && { mpi4py }),
    ...(site && { site }),
    ...(trial && { trial }),
  };
}

async function trialOf({ environment, linker }: FoundEnvironment, { names, seconds }: More, context: Context) {
  const executable = environment.python?.executable;
  if (!linker.ok) return linker.failure;
  if (executable === undefined) return NO_PYTHON;
  const tried = await tryImports(executable, { names, linker: linker.value, seconds }, context);
  return tried.ok ? tried.value : tried.failure;
}

/** What the user names, read; nothing is looked at before all of it is right. */
function readAsked(options: EnvironmentOptions) {
  const question = readQuestion(options);
  if (!question.ok) return question;
  const own = options.out === undefined ? success('') : checkOwn(options.out);
  if (!own.ok) return own;
  const site = options.site === undefined ? success(undefined) : readSiteFile(options.site);
  if (!site.ok) return site;
  const names = readModuleNames(options.import ?? []);
  if (!names.ok) return names;
  return success({
    allowed: question.value.allowed,
    more: { site: site.value, names: names.value, seconds: options.seconds },
  });
}

/** `pharos env PLACE`: the page on stdout; the whole inventory as JSON where it is asked for. */
export async function showEnvironment(
  named: readonly string[],
  options: EnvironmentOptions,
  context: Context,
): Promise<Result<number>> {
  const { terminal, environment } = context;
  const asked = readAsked(options);
  if (!asked.ok) return asked;
  const active = environment.VIRTUAL_ENV ?? environment.CONDA_PREFIX;
  const places = named.length > 0 ? named : active === undefined ? [] : [active];
  const found = await findNamed(places, environment);
  if (!found.ok) return found;
  const facts = await factsOf(found.value, asked.value.more, context);
  const report = examineEnvironment(facts, asked.value.allowed);
  const written = options.out === undefined ? success('') : writeOwn(options.out, printJson(report));
  if (!written.ok) return written;
  const { colour } = terminal.out;
  const most = options.all ? { most: EVERY } : {};
  terminal.out.print(options.json ? printJson(report) : renderEnvironmentText(report, { colour, ...most }));
  return success(judge(report, options));
}
