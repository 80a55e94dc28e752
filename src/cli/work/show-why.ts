import { type Result, success } from '#base';
import { explainLibrary } from '#environment';
import { printJson, renderWhyText } from '#report';
import type { WhyReport } from '#schema';
import type { Context } from '../command.ts';
import { localHost } from '../files/index.ts';
import { type FoundEnvironment, findEnvironment, readMpi4py } from './find-environment.ts';

export interface WhyOptions {
  readonly json?: boolean;
}

const isOfMpi4py = (path: string) => /\/mpi4py\/MPI\.[^/]*$/.test(path);

/** mpi4py opens an MPI before its module is loaded, which then is there under its SONAME. */
async function withMpi4py(why: WhyReport, found: FoundEnvironment, variables: NodeJS.ProcessEnv): Promise<WhyReport> {
  if (!why.answers.some(({ wantedBy }) => wantedBy.some(isOfMpi4py))) return why;
  const mpi4py = await readMpi4py(found, variables);
  if (!mpi4py) return why;
  const losers: string[] = [];
  for (const path of why.losers) {
    const real = await localHost.realPath(path);
    if (path !== mpi4py.library && !(real.ok && real.value === mpi4py.library)) losers.push(path);
  }
  return { ...why, losers, mpi4py };
}

/** `pharos why PLACE NAME`: on stdout. */
export async function showWhy(
  place: string,
  name: string,
  { json }: WhyOptions,
  { terminal, environment }: Context,
): Promise<Result<number>> {
  const found = await findEnvironment(place, environment, { compares: false });
  if (!found.ok) return found;
  const { environment: inventory, linker } = found.value;
  if (!linker.ok) return linker;
  const explained = await explainLibrary(inventory, linker.value, name);
  if (!explained.ok) return explained;
  const why = success(await withMpi4py(explained.value, found.value, environment));
  terminal.out.print(json ? printJson(why.value) : renderWhyText(why.value, { colour: terminal.out.colour }));
  return success(0);
}
