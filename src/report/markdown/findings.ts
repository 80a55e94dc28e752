import type { RankedFinding } from '../ranking.ts';
import { evidenceTable } from '../tables.ts';
import { listTraits, tellPrice } from '../traits.ts';
import { visible } from '../visible.ts';
import { codeSpan, drawTable, prose } from './marks.ts';

const EVIDENCE_ROWS = { start: 8, step: 14 };
/** A command in it is shown whole. */
const LONGEST_FIX = 4000;

export function drawFinding({ audit, finding, allowed }: RankedFinding, ofStep: boolean): string {
  const traits = listTraits(finding, tellPrice(finding, ofStep)).join(', ');
  const evidence = finding.evidence
    .slice(0, 4)
    .map((each) => drawTable(evidenceTable(each, EVIDENCE_ROWS[ofStep ? 'step' : 'start'])));
  return [
    `**${finding.severity}** ${codeSpan(visible(audit, 80))}: ${prose(finding.message)}`,
    `${traits}${allowed === undefined ? '' : `; allowed: ${prose(allowed)}`}`,
    ...evidence.filter((each) => each !== ''),
    ...(finding.fix ? [`**Fix**: ${prose(finding.fix, LONGEST_FIX)}`] : []),
    ...(finding.check === '' ? [] : [`Check: ${prose(finding.check)}`]),
  ].join('\n\n');
}
