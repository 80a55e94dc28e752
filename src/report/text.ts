import type {
  EnvironmentReport,
  Machine,
  PackagePlan,
  Report,
  ScaleTable,
  Site,
  StagingOutlook,
  Verification,
  WhyReport,
} from '#schema';
import { wrap } from './columns.ts';
import type { ReportDiff } from './diff.ts';
import { diffTables, tellDiff } from './tables.ts';
import { environmentLines } from './text/environment.ts';
import { findingsSection } from './text/findings.ts';
import { headlineSection } from './text/headline.ts';
import { machineLines, siteLines } from './text/machine.ts';
import {
  callsSection,
  curveSection,
  environmentSection,
  importsSection,
  ranksSection,
  removedSection,
  unknownsSection,
} from './text/measurements.ts';
import { packagePlanLines } from './text/package-plan.ts';
import { colouredInk, drawTable, type Page, plainInk } from './text/page.ts';
import { remediesSection } from './text/remedies.ts';
import { scaleLines } from './text/scale.ts';
import { stagingLines } from './text/staging.ts';
import { stepLines } from './text/step.ts';
import { verdictsSection } from './text/verdicts.ts';
import { verificationLines } from './text/verification.ts';
import { whyLines } from './text/why.ts';
import { visible } from './visible.ts';

export interface TextOptions {
  /** Columns, at least 40. */
  readonly width?: number;
  /** ANSI colours; they carry no meaning of their own. */
  readonly colour?: boolean;
}

const SECTIONS = [
  headlineSection,
  verdictsSection,
  remediesSection,
  findingsSection,
  curveSection,
  importsSection,
  callsSection,
  ranksSection,
  unknownsSection,
  removedSection,
  environmentSection,
];

const BASES =
  'measured: counted or timed in this run. modelled: computed, with an interval. inferred: reasoned from other facts.';

const pageOf = ({ width = 80, colour = false }: TextOptions, most: number, rest: Page['rest']): Page => ({
  width: Math.max(40, Math.floor(width)),
  ink: colour ? colouredInk : plainInk,
  most,
  rest,
});

const joined = (lines: readonly string[]) => `${lines.map((line) => line.trimEnd()).join('\n')}\n`;

/** The report in 80 columns, for a terminal or a mail. */
export function renderText(report: Report, options: TextOptions = {}): string {
  const page = pageOf(options, 8, 'in the HTML report');
  if (report.step) return joined(stepLines(report, report.step, page));
  return joined([
    ...SECTIONS.flatMap((section) => section(report, page)),
    '',
    ...wrap(BASES, page.width),
    ...wrap(`pharos ${visible(report.tool.version, 40)}`, page.width),
  ]);
}

/** What changed between two reports, in 80 columns. */
export function renderDiffText(diff: ReportDiff, options: TextOptions = {}): string {
  const page = pageOf(options, 20, 'not shown');
  return joined([
    ...tellDiff(diff).flatMap((sentence) => wrap(sentence, page.width)),
    ...diffTables(diff, page.most).flatMap((table) => ['', ...drawTable(page, table, '')]),
  ]);
}

/** Every size that was asked for is told. */
const MOST_SIZES = 60;

/** What a start costs as the job grows, in 80 columns. */
export function renderScaleText(table: ScaleTable, options: TextOptions = {}): string {
  return joined(scaleLines(table, pageOf(options, MOST_SIZES, 'not shown')));
}

/** Whether it pays to stage an image, in 80 columns. */
export function renderStagingText(outlook: StagingOutlook, options: TextOptions = {}): string {
  return joined(stagingLines(outlook, pageOf(options, MOST_SIZES, 'not shown')));
}

/** What the two runs of `pharos verify` had in common, in 80 columns. */
export function renderVerificationText(verification: Verification, options: TextOptions = {}): string {
  return joined(verificationLines(verification, pageOf(options, MOST_SIZES, 'not shown')));
}

/** What an environment contains; `most` rows of each table, the rest is counted. */
export function renderEnvironmentText(
  report: EnvironmentReport,
  options: TextOptions & { most?: number } = {},
): string {
  return joined(environmentLines(report, pageOf(options, options.most ?? 12, 'not shown')));
}

/** Which copy of a library is loaded, and why. */
export function renderWhyText(why: WhyReport, options: TextOptions = {}): string {
  return joined(whyLines(why, pageOf(options, 12, 'not shown')));
}

/** Which package comes from where at a site. */
export function renderPackagePlanText(plan: PackagePlan, options: TextOptions = {}): string {
  return joined(packagePlanLines(plan, pageOf(options, 12, 'not shown')));
}

/** What a machine offers to Python jobs; `most` rows of each table, the rest is counted. */
export function renderMachineText(
  machine: Machine,
  notes: readonly string[],
  options: TextOptions & { most?: number } = {},
): string {
  return joined(machineLines(machine, notes, pageOf(options, options.most ?? 12, 'not shown')));
}

/** The partitions of a site, and where they differ. */
export function renderSiteText(site: Site, options: TextOptions = {}): string {
  return joined(siteLines(site, pageOf(options, MOST_SIZES, 'not shown')));
}
