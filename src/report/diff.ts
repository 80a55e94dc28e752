import type { Report } from '#schema';
import { diffEnvironments, type EnvironmentChange } from './diff/environment.ts';
import { diffFindings, diffVerdicts, type FindingChange, type VerdictChange } from './diff/findings.ts';
import { diffImports, type ImportChange } from './diff/imports.ts';

export type { EnvironmentChange, FindingChange, ImportChange, VerdictChange };

/** A number of both reports; absent where a report does not have it. */
export interface FigureChange {
  readonly name: string;
  readonly unit: 'seconds' | 'requests' | 'count';
  readonly basis: 'measured' | 'modelled';
  readonly before?: number | undefined;
  readonly after?: number | undefined;
}

/** What changed from one report to another, row by row. */
export interface ReportDiff {
  readonly scripts: readonly [before: string, after: string];
  /** Both are of a step that the doctor looked at. */
  readonly ofStep: boolean;
  /** Why costs at scale are not compared; empty when they are. */
  readonly incomparable: readonly string[];
  readonly figures: readonly FigureChange[];
  readonly findings: readonly FindingChange[];
  readonly verdicts: readonly VerdictChange[];
  /** Imports that came, went or changed, the largest change first. */
  readonly imports: readonly ImportChange[];
  readonly environment: readonly EnvironmentChange[];
}

function targetDifferences({ target: before, step: old }: Report, { target: after, step: now }: Report): string[] {
  if (Boolean(old) !== Boolean(now)) return ['one report is of a start, the other of a step'];
  if (!before || !after) return before === after ? [] : ['only one of the reports has a scale'];
  const facts = [
    ['nodes', before.nodes, after.nodes],
    ['ranks per node', before.ranksPerNode, after.ranksPerNode],
    ['file system profile', before.profile, after.profile],
    [
      'calibration',
      before.calibrated ? 'calibrated' : 'not calibrated',
      after.calibrated ? 'calibrated' : 'not calibrated',
    ],
    ['paths taken as shared', before.applies, after.applies],
  ] as const;
  return facts.flatMap(([name, old, now]) => (old === now ? [] : [`${name}: ${old} and ${now}`]));
}

function coverageDifferences({ operations: before }: Report, { operations: after }: Report): string[] {
  if (before?.coverage === after?.coverage) return [];
  return [`calls that were seen: ${before?.coverage ?? 'not known'} and ${after?.coverage ?? 'not known'}`];
}

function figuresOf(before: Report, after: Report, comparable: boolean): FigureChange[] {
  const here: FigureChange = {
    name: 'start here',
    unit: 'seconds',
    basis: 'measured',
    before: before.headline.measuredSeconds,
    after: after.headline.measuredSeconds,
  };
  const scaled: FigureChange[] = [
    {
      name: 'start at the scale asked for',
      unit: 'seconds',
      basis: 'modelled',
      before: before.headline.atScale?.likely,
      after: after.headline.atScale?.likely,
    },
    {
      name: 'requests of one node',
      unit: 'requests',
      basis: 'modelled',
      before: before.headline.requestsPerNode,
      after: after.headline.requestsPerNode,
    },
  ];
  return [here, ...(comparable ? scaled : [])].filter((each) => each.before !== undefined || each.after !== undefined);
}

/** Of a step: how long its imports took, and who was heard. */
function stepFiguresOf({ step: before }: Report, { step: after }: Report): FigureChange[] {
  const of = (name: string, unit: FigureChange['unit'], old?: number, now?: number): FigureChange => ({
    name,
    unit,
    basis: 'measured',
    before: old,
    after: now,
  });
  const figures = [
    of('imports of the slowest rank', 'seconds', before?.imports?.longest, after?.imports?.longest),
    of('nodes that were heard', 'count', before?.nodes.seen, after?.nodes.seen),
    of('ranks that were heard', 'count', before?.ranks.seen, after?.ranks.seen),
  ];
  return figures.filter((each) => each.before !== undefined || each.after !== undefined);
}

/** Rows are the same when audit and subject are; costs at scale are compared only for the same scale and coverage. */
export function diffReports(before: Report, after: Report): ReportDiff {
  const incomparable = [...targetDifferences(before, after), ...coverageDifferences(before, after)];
  const comparable = incomparable.length === 0;
  return {
    scripts: [before.job.script, after.job.script],
    ofStep: before.step !== undefined && after.step !== undefined,
    incomparable,
    figures: [...figuresOf(before, after, comparable), ...stepFiguresOf(before, after)],
    findings: diffFindings(before, after, comparable),
    verdicts: diffVerdicts(before, after),
    imports: diffImports(before, after),
    environment: diffEnvironments(before, after),
  };
}
