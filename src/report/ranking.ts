import { breaksRun, type Cost, compareGravity, type Finding, type Remedy, type Report, type Verdict } from '#schema';
import { visible } from './visible.ts';

// The order in which every face tells things: what costs most comes first.

export type Category = Report['categories'][number];
export type AskedAudit = Category['verdicts'][number];

export interface RankedFinding {
  readonly audit: string;
  readonly question: string;
  readonly finding: Finding;
  /** The reason the user gave for allowing it. */
  readonly allowed?: string;
}

const UNITS: readonly Cost['unit'][] = ['seconds', 'requests', 'bytes'];
const SEVERITIES: readonly Finding['severity'][] = ['error', 'warning', 'note'];

/** Larger seconds first, then larger numbers of requests, then bytes; nothing stated comes last. */
function byCost(a: Cost | undefined, b: Cost | undefined): number {
  if (!a || !b) return Number(Boolean(b)) - Number(Boolean(a));
  return UNITS.indexOf(a.unit) - UNITS.indexOf(b.unit) || b.value - a.value;
}

/** The job's name in a title. */
export const nameOf = ({ job }: Report): string => (job.script === '' ? 'the job' : visible(job.script, 200));

function compareFindings(a: RankedFinding, b: RankedFinding): number {
  return (
    Number(a.allowed !== undefined) - Number(b.allowed !== undefined) ||
    Number(breaksRun(b.finding)) - Number(breaksRun(a.finding)) ||
    Number(a.finding.severity === 'note') - Number(b.finding.severity === 'note') ||
    byCost(a.finding.cost, b.finding.cost) ||
    SEVERITIES.indexOf(a.finding.severity) - SEVERITIES.indexOf(b.finding.severity)
  );
}

/** What is broken is told by how gravely; the doctor does not price it. */
function compareStepFindings(a: RankedFinding, b: RankedFinding): number {
  return (
    Number(a.allowed !== undefined) - Number(b.allowed !== undefined) ||
    compareGravity(a.finding, b.finding) ||
    byCost(a.finding.cost, b.finding.cost)
  );
}

const findingsOf = (verdict: Verdict): readonly Finding[] => (verdict.kind === 'fail' ? verdict.findings : []);

/** What was asked and answered. With a `step`, or anything else that is broken rather than slow, it is told by gravity. */
export interface Judged extends Pick<Report, 'categories'> {
  readonly step?: unknown;
}

/** All findings: the allowed ones last, notes after what hurts, each group by cost; those of a step by severity. */
export function rankFindings(report: Judged): RankedFinding[] {
  return report.categories
    .flatMap(({ verdicts }) => verdicts)
    .flatMap(({ audit, question, verdict, allowed }) =>
      findingsOf(verdict).map((finding) => ({
        audit,
        question,
        finding,
        ...(allowed === undefined ? {} : { allowed }),
      })),
    )
    .sort(report.step ? compareStepFindings : compareFindings);
}

export const rankRemedies = (report: Report): Remedy[] => report.remedies.toSorted((a, b) => byCost(a.saves, b.saves));

/** Titles of the remedies that the lower curve stands for. */
export function curedBy({ curve, remedies }: Report): string[] {
  const titles = (curve?.with ?? []).flatMap((id) => {
    const named = remedies.filter((remedy) => remedy.id === id).map(({ title }) => title);
    return named.length > 0 ? named : [id];
  });
  return [...new Set(titles)].map((title) => visible(title, 120));
}

export interface Coverage {
  readonly passed: number;
  readonly failed: number;
  /** Failed ones with nothing worse than notes. */
  readonly noted: number;
  readonly unknown: number;
  readonly inapplicable: number;
  /** Audits that could be answered, of those that apply. */
  readonly looked: number;
  readonly applicable: number;
}

/** The gravest of its findings; undefined when there are none. */
export function severityOf(verdict: Verdict): Finding['severity'] | undefined {
  const found = findingsOf(verdict).map(({ severity }) => severity);
  return SEVERITIES.find((severity) => found.includes(severity));
}

/** Counted from the verdicts themselves, so that a face never contradicts its own list. */
export function coverageOf(verdicts: readonly AskedAudit[]): Coverage {
  const count = (kind: Verdict['kind']) => verdicts.filter(({ verdict }) => verdict.kind === kind).length;
  const [passed, failed, unknown] = [count('pass'), count('fail'), count('unknown')];
  return {
    passed,
    failed,
    noted: verdicts.filter(({ verdict }) => severityOf(verdict) === 'note').length,
    unknown,
    inapplicable: count('inapplicable'),
    looked: passed + failed,
    applicable: passed + failed + unknown,
  };
}

/** `11 of 14 passed, 2 failed, 1 with notes only; 14 of 15 could be looked at, 1 unknown; 2 do not apply`. */
export function tellCoverage({ passed, failed, noted, unknown, inapplicable, looked, applicable }: Coverage): string {
  const answers = [`${passed} of ${looked} passed`];
  if (failed > noted) answers.push(`${failed - noted} failed`);
  if (noted > 0) answers.push(`${noted} with notes only`);
  const seen = [`${looked} of ${applicable} could be looked at`];
  if (unknown > 0) seen.push(`${unknown} unknown`);
  const parts = [answers.join(', '), seen.join(', ')];
  if (inapplicable > 0) parts.push(`${inapplicable} ${inapplicable === 1 ? 'does' : 'do'} not apply`);
  return parts.join('; ');
}
