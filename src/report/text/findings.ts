import type { Finding } from '#schema';
import { wrap } from '../columns.ts';
import { shownCommand, wrapSentence } from '../command.ts';
import { type Judged, type RankedFinding, rankFindings } from '../ranking.ts';
import { evidenceTable } from '../tables.ts';
import { listTraits, tellPrice } from '../traits.ts';
import { visible } from '../visible.ts';
import { drawTable, heading, type Page, tellMore } from './page.ts';

const MOST = 12;
const MOST_EVIDENCE = 4;
const EVIDENCE_ROWS = 6;
/** A ticket wants them whole. */
const STEP_EVIDENCE_ROWS = 14;

/** `costs 38 s per start (modelled, 25 to 70 s); certain; fixed by you`. */
function tellFinding(finding: Finding, ofStep: boolean): string {
  const price = tellPrice(finding, ofStep);
  return listTraits(finding, finding.cost ? `costs ${price}` : price).join('; ');
}

function drawFinding({ audit, finding, allowed }: RankedFinding, ofStep: boolean, page: Page): string[] {
  const { width, ink } = page;
  const evidenceRows = ofStep ? STEP_EVIDENCE_ROWS : Math.min(page.most, EVIDENCE_ROWS);
  const label = `${finding.severity.toUpperCase()} ${visible(audit, 80)}`;
  const paint = finding.severity === 'error' ? ink.bad : finding.severity === 'warning' ? ink.warning : ink.dim;
  return [
    ...wrap(label, width).map(paint),
    ...wrap(visible(finding.message, 600), width, '  '),
    ...wrap(tellFinding(finding, ofStep), width, '  '),
    ...(allowed === undefined ? [] : wrap(`allowed: ${visible(allowed)}`, width, '  ')),
    ...finding.evidence
      .slice(0, MOST_EVIDENCE)
      .flatMap((evidence) => drawTable({ ...page, most: evidenceRows }, evidenceTable(evidence, evidenceRows))),
    ...(finding.fix ? wrapSentence(shownCommand(finding.fix), width, '  fix: ', '    ') : []),
    ...(finding.check === '' ? [] : wrapSentence(visible(finding.check), width, '  check: ', '    ')),
  ];
}

/** What was found, the costliest first. */
export function findingsSection(report: Judged, page: Page): string[] {
  const findings = rankFindings(report);
  if (findings.length === 0) return [];
  const ofStep = report.step !== undefined;
  const shown = findings.slice(0, MOST);
  const more = findings.length - shown.length;
  return [
    ...heading(page, ofStep ? 'Findings, the gravest first' : 'Findings, by what they cost'),
    ...shown.flatMap((finding, index) => [...(index > 0 ? [''] : []), ...drawFinding(finding, ofStep, page)]),
    ...(more > 0 ? ['', tellMore(page, more)] : []),
  ];
}
