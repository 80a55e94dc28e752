import type { Finding, Report } from '#schema';
import { wrap } from '../columns.ts';
import { FIXER, formatCost, formatCostBasis } from '../costs.ts';
import { type RankedFinding, rankFindings } from '../ranking.ts';
import { evidenceTable } from '../tables.ts';
import { visible } from '../visible.ts';
import { drawTable, heading, type Page, tellMore } from './page.ts';

const MOST = 12;
const MOST_EVIDENCE = 4;
const EVIDENCE_ROWS = 6;

/** `costs 38 s per start (modelled, 25 to 70 s)`. */
const tellCost = ({ cost }: Finding) =>
  cost ? `costs ${formatCost(cost)} (${formatCostBasis(cost)})` : 'cost not known';

const HARM: Record<Finding['harm'], string> = {
  crash: 'can crash the job',
  hang: 'can hang the job',
  'wrong-data': 'can give wrong results',
  cost: '',
};

export function tellFinding(finding: Finding): string {
  const parts = [HARM[finding.harm], tellCost(finding), finding.confidence, `fixed by ${FIXER[finding.fixer]}`];
  return parts.filter((part) => part !== '').join('; ');
}

function drawFinding({ audit, finding, allowed }: RankedFinding, page: Page): string[] {
  const { width, ink } = page;
  const evidenceRows = Math.min(page.most, EVIDENCE_ROWS);
  const label = `${finding.severity.toUpperCase()} ${visible(audit, 80)}`;
  const paint = finding.severity === 'error' ? ink.bad : finding.severity === 'warning' ? ink.warning : ink.dim;
  return [
    ...wrap(label, width).map(paint),
    ...wrap(visible(finding.message, 600), width, '  '),
    ...wrap(tellFinding(finding), width, '  '),
    ...(allowed === undefined ? [] : wrap(`allowed: ${visible(allowed)}`, width, '  ')),
    ...finding.evidence
      .slice(0, MOST_EVIDENCE)
      .flatMap((evidence) => drawTable({ ...page, most: evidenceRows }, evidenceTable(evidence, evidenceRows))),
    ...(finding.check === '' ? [] : wrap(visible(finding.check), width, '  check: ', '    ')),
  ];
}

/** What was found, the costliest first. */
export function findingsSection(report: Report, page: Page): string[] {
  const findings = rankFindings(report);
  if (findings.length === 0) return [];
  const shown = findings.slice(0, MOST);
  const more = findings.length - shown.length;
  return [
    ...heading(page, 'Findings, by what they cost'),
    ...shown.flatMap((finding, index) => [...(index > 0 ? [''] : []), ...drawFinding(finding, page)]),
    ...(more > 0 ? ['', tellMore(page, more)] : []),
  ];
}
