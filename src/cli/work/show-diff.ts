import { type Result, success } from '#base';
import { diffReports, printJson, type ReportDiff, renderDiffMarkdown, renderDiffText } from '#report';
import type { Context } from '../command.ts';
import type { DiffFace } from '../face-names.ts';
import { type Input, readInput } from '../files/index.ts';
import { reportOf, scaleOf } from './show-report.ts';

const RENDER: Record<DiffFace, (diff: ReportDiff, colour: boolean) => string> = {
  text: (diff, colour) => renderDiffText(diff, { colour }),
  md: renderDiffMarkdown,
  json: printJson,
};

/** A recording has no scale of its own: beside a report it is told at the scale of that one. */
const scaleBeside = (other: Input) => (other.kind === 'report' ? scaleOf(other.report) : {});

/** `pharos diff BEFORE AFTER`, on stdout. */
export async function showDiff(
  before: string,
  after: string,
  face: DiffFace,
  { terminal }: Context,
): Promise<Result<number>> {
  const first = await readInput(before);
  if (!first.ok) return first;
  const second = await readInput(after);
  if (!second.ok) return second;
  const old = reportOf(first.value, scaleBeside(second.value));
  if (!old.ok) return old;
  const now = reportOf(second.value, scaleBeside(first.value));
  if (!now.ok) return now;
  terminal.out.print(RENDER[face](diffReports(old.value, now.value), terminal.out.colour));
  return success(0);
}
