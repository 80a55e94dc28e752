import type { Finding, Report, Verdict } from '#schema';
import { rankFindings } from '../ranking.ts';

export interface FindingChange {
  readonly audit: string;
  readonly subject: string;
  /** `present`: in both, with costs that cannot be compared. */
  readonly change: 'appeared' | 'gone' | 'better' | 'worse' | 'same' | 'present';
  readonly before?: Finding;
  readonly after?: Finding;
}

export interface VerdictChange {
  readonly audit: string;
  /** Absent where the audit was not asked. */
  readonly before?: Verdict['kind'] | undefined;
  readonly after?: Verdict['kind'] | undefined;
}

/** Two runs of one job differ by so much in time without a cause; counts repeat exactly. */
const NOISE_SHARE = 0.1;
const NOISE_SECONDS = 0.05;

const SEVERITIES: readonly Finding['severity'][] = ['note', 'warning', 'error'];

function compareCosts({ cost: before }: Finding, { cost: after }: Finding): FindingChange['change'] {
  if (!before || !after || before.unit !== after.unit || before.per !== after.per)
    return before || after ? 'present' : 'same';
  const difference = after.value - before.value;
  const noise = before.unit === 'seconds' ? Math.max(NOISE_SECONDS, NOISE_SHARE * Math.abs(before.value)) : 0;
  if (Math.abs(difference) <= noise) return 'same';
  return difference < 0 ? 'better' : 'worse';
}

function compareFindings(before: Finding, after: Finding, comparable: boolean): FindingChange['change'] {
  const atScale = before.cost?.basis !== 'measured' || after.cost?.basis !== 'measured';
  if (!comparable && atScale) return 'present';
  const graver = SEVERITIES.indexOf(after.severity) - SEVERITIES.indexOf(before.severity);
  if (graver !== 0) return graver > 0 ? 'worse' : 'better';
  return compareCosts(before, after);
}

const keyOf = (audit: string, subject: string) => JSON.stringify([audit, subject]);

/** The first of equal subjects stands for all: it is the costliest. */
function indexFindings(report: Report): Map<string, { audit: string; finding: Finding }> {
  const index = new Map<string, { audit: string; finding: Finding }>();
  for (const { audit, finding } of rankFindings(report)) {
    const key = keyOf(audit, finding.subject);
    if (!index.has(key)) index.set(key, { audit, finding });
  }
  return index;
}

const ORDER: readonly FindingChange['change'][] = ['appeared', 'worse', 'gone', 'better', 'present', 'same'];

export function diffFindings(before: Report, after: Report, comparable: boolean): FindingChange[] {
  const old = indexFindings(before);
  const now = indexFindings(after);
  const kept = [...now].map(([key, { audit, finding }]): FindingChange => {
    const was = old.get(key)?.finding;
    if (!was) return { audit, subject: finding.subject, change: 'appeared', after: finding };
    const change = compareFindings(was, finding, comparable);
    return { audit, subject: finding.subject, change, before: was, after: finding };
  });
  const gone = [...old]
    .filter(([key]) => !now.has(key))
    .map(
      ([, { audit, finding }]): FindingChange => ({ audit, subject: finding.subject, change: 'gone', before: finding }),
    );
  return [...kept, ...gone].sort((a, b) => ORDER.indexOf(a.change) - ORDER.indexOf(b.change));
}

const verdictsOf = (report: Report) =>
  new Map(report.categories.flatMap(({ verdicts }) => verdicts).map(({ audit, verdict }) => [audit, verdict.kind]));

/** Audits whose answer is of another kind now. */
export function diffVerdicts(before: Report, after: Report): VerdictChange[] {
  const old = verdictsOf(before);
  const now = verdictsOf(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((audit) => ({ audit, before: old.get(audit), after: now.get(audit) }))
    .filter((change) => change.before !== change.after);
}
