import { join, resolve } from 'node:path';
import { failure, type Result, success } from '#base';
import { normalizeName } from '#formats/requirement';
import { type Choice, listWanted, planPackages } from '#plan';
import { printJson, renderPackagePlanText } from '#report';
import type { PackagePlan, SiteNeeds } from '#schema';
import { COULD_NOT, type Context, printFailure } from '../../command.ts';
import { readSiteFile } from '../../files/index.ts';
import { type Asked, readRequirementsFile } from './read-requirements-file.ts';
import { type Resolving, resolveWithUv } from './resolve.ts';
import { findUv } from './uv.ts';
import { openPlanFolder, writePlan } from './write-plan.ts';

/** As commander gives them. */
export interface PlanOptions {
  readonly site: string;
  readonly partition?: string;
  readonly mpi?: string;
  readonly parallel?: readonly string[];
  readonly rebuild?: readonly string[];
  readonly python?: string;
  readonly output?: string;
  readonly build?: boolean;
  readonly json?: boolean;
}

const names = (texts: readonly string[] = []) => new Set(texts.map(normalizeName));

function choiceOf({ partition, mpi, parallel, rebuild, output }: PlanOptions): Choice {
  return {
    parallel: names(parallel),
    rebuild: names(rebuild),
    linksFolder: output === undefined ? 'OUTPUT/lib' : join(resolve(output), 'lib'),
    ...(partition !== undefined && { partition }),
    ...(mpi !== undefined && { mpi }),
  };
}

interface Planned {
  readonly plan: PackagePlan;
  readonly resolving?: Resolving;
}

/** With what uv makes of the requirements; without uv, or where it cannot, of what is asked for alone. */
async function plan(asked: Asked, site: SiteNeeds, options: PlanOptions, context: Context): Promise<Result<Planned>> {
  const choice = choiceOf(options);
  const direct = listWanted(asked.texts, undefined);
  const first = planPackages(direct.wanted, site, choice);
  if (!first.ok) return first;
  const uv = await findUv(context.environment);
  const { environment } = context;
  const resolving = uv.ok ? { uv: uv.value, asked, python: options.python, environment } : undefined;
  const lock = resolving && (await resolveWithUv(resolving, first.value));
  const { wanted, notRead } = lock?.ok ? listWanted(asked.texts, lock.value) : direct;
  const planned = planPackages(wanted, site, choice);
  if (!planned.ok) return planned;
  const notes = [
    ...notRead.map((text) => `not planned, for it has no name: ${text}`),
    ...(uv.ok ? [] : [`only what is asked for was planned, not what it needs: ${uv.failure.message}`]),
    ...(lock && !lock.ok ? [`only what is asked for was planned, not what it needs: ${lock.failure.message}`] : []),
  ];
  const whole = { ...planned.value, notes: [...planned.value.notes, ...notes] };
  return success({ plan: whole, ...(resolving && { resolving }) });
}

function checkOptions({ build, output }: PlanOptions): Result<undefined> {
  if (!build || output !== undefined) return success(undefined);
  return failure({ code: 'cli/usage', message: 'there is no folder to build into', hint: 'Give --output as well.' });
}

/** `pharos plan packages REQUIREMENTS --site SITE`: on stdout; files only with --output. */
export async function planPackagesCommand(
  requirements: string,
  options: PlanOptions,
  context: Context,
): Promise<Result<number>> {
  const checked = checkOptions(options);
  if (!checked.ok) return checked;
  const asked = readRequirementsFile(requirements);
  if (!asked.ok) return asked;
  const site = readSiteFile(options.site);
  if (!site.ok) return site;
  const folder = options.output === undefined ? undefined : openPlanFolder(resolve(options.output));
  if (folder && !folder.ok) return folder;
  const planned = await plan(asked.value, site.value, options, context);
  if (!planned.ok) return planned;
  const { out, err } = context.terminal;
  const { plan: whole, resolving } = planned.value;
  out.print(options.json ? printJson(whole) : renderPackagePlanText(whole, { colour: out.colour }));
  if (!folder) return success(0);
  const written = await writePlan({
    plan: whole,
    folder: folder.value,
    isBuilding: options.build ?? false,
    tell: (line) => err.print(line),
    ...(resolving && { resolving }),
  });
  if (!written.ok) {
    // The rest of the plan stands, and was said.
    printFailure(written.failure, context.terminal);
    return success(COULD_NOT);
  }
  err.print(`written to ${folder.value}: ${written.value.join(', ')}`);
  return success(0);
}
