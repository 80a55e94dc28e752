import { type Result, success } from '#base';
import { examine, type Scale } from '#engine';
import type { Report } from '#schema';
import type { Context } from '../command.ts';
import type { Face } from '../face-names.ts';
import { type Input, readInput } from '../files/index.ts';
import { renderFace } from './faces.ts';

/** The scale that a report was written for. */
export function scaleOf({ target }: Report): Scale {
  if (!target) return {};
  const { nodes, ranksPerNode, profile, givenProfile } = target;
  return { nodes, ranksPerNode, profile: givenProfile ?? profile };
}

/** The report itself, or that of a recording at this scale. */
export function reportOf(input: Input, scale: Scale = {}): Result<Report> {
  if (input.kind === 'report') return success(input.report);
  return examine([input.recording], { scale, allowed: new Map() });
}

/** `pharos report FILE --as FACE`, on stdout. */
export async function showReport(file: string, face: Face, { terminal, folder }: Context): Promise<Result<number>> {
  const input = await readInput(file);
  if (!input.ok) return input;
  const report = reportOf(input.value);
  if (!report.ok) return report;
  terminal.out.print(renderFace(face, report.value, { folder, colour: terminal.out.colour }));
  return success(0);
}
