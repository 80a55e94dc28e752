import { type Result, success } from '#base';
import { explainLibrary } from '#environment';
import { printJson, renderWhyText } from '#report';
import type { Context } from '../command.ts';
import { findEnvironment } from './find-environment.ts';

export interface WhyOptions {
  readonly json?: boolean;
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
  const why = await explainLibrary(inventory, linker.value, name);
  if (!why.ok) return why;
  terminal.out.print(json ? printJson(why.value) : renderWhyText(why.value, { colour: terminal.out.colour }));
  return success(0);
}
