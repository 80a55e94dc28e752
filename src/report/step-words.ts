import { formatCount, formatCountOf, formatSeconds } from '#base';
import type { Report, StepSection } from '#schema';
import { nameOf, rankFindings } from './ranking.ts';
import { visible } from './visible.ts';

// What every face says of a job step in the same words.

/** The interpreter is no name of a job: nothing but `-c` or a module was run. */
const INTERPRETER = /^(?:python|pypy)[\d.]*t?$/;

/** What the page is called, around the name of the job. */
export function titlePartsOf(report: Report): { before: string; name: string; after: string } {
  if (!report.step) return { before: 'How ', name: nameOf(report), after: ' starts' };
  const isNamed = report.job.script !== '' && !INTERPRETER.test(report.job.script);
  return { before: 'How ', name: isNamed ? nameOf(report) : 'the job step', after: ' runs' };
}

export function titleOf(report: Report): string {
  const { before, name, after } = titlePartsOf(report);
  return before + name + after;
}

const tellSeen = (seen: number, expected: number, one: string) =>
  seen >= expected ? formatCountOf(seen, one) : `${formatCount(seen)} of ${formatCountOf(expected, one)}`;

/** `15 of 16 ranks on 4 nodes`: how many of those that there should be were heard. */
const tellHeard = ({ ranks, nodes }: StepSection): string =>
  `${tellSeen(ranks.seen, ranks.expected, 'rank')} on ${tellSeen(nodes.seen, nodes.expected, 'node')}`;

function tellImports({ imports, ranks }: StepSection): string[] {
  if (!imports) return [];
  const { median, longest, longestRank } = imports;
  const took = `imports took ${formatSeconds(median)}`;
  return [ranks.seen > 1 ? `${took} (median; longest ${formatSeconds(longest)}, rank ${longestRank})` : took];
}

const NO_LAUNCHER = new Set(['', 'none']);

/** How it was started, on one line with what is well. */
export function listSurroundings({ job }: Report, step: StepSection): string[] {
  const launcher = NO_LAUNCHER.has(step.launcher) ? 'no launcher' : `under ${visible(step.launcher, 40)}`;
  return [launcher, visible(job.python, 60)].filter((part) => part !== '');
}

/** Who ran where. */
export const listAbout = (report: Report, step: StepSection): string[] => [
  tellHeard(step),
  ...listSurroundings(report, step),
  ...tellImports(step),
];

/** What could not be answered or seen: audits first. */
export function listUnknown({ categories, unknowns }: Report): Report['unknowns'] {
  const unanswered = categories
    .flatMap(({ verdicts }) => verdicts)
    .flatMap(({ audit, verdict }) => (verdict.kind === 'unknown' ? [{ what: audit, because: verdict.because }] : []));
  return [...unknowns, ...unanswered];
}

/** Nothing was found, everybody was heard, and all are alike: there is little to say. */
export function isQuiet(report: Report, { nodes, ranks, differences }: StepSection): boolean {
  return (
    rankFindings(report).length === 0 &&
    differences.length === 0 &&
    !report.job.truncated &&
    nodes.seen >= nodes.expected &&
    ranks.seen >= ranks.expected
  );
}
