import type { Verdict } from '#schema';
import { wrap } from '../columns.ts';
import { type AskedAudit, type Category, coverageOf, type Judged, severityOf, tellCoverage } from '../ranking.ts';
import { visible } from '../visible.ts';
import { drawPairs, heading, type Page } from './page.ts';

const auditsOf = (verdicts: readonly AskedAudit[], kind: Verdict['kind']) =>
  verdicts.filter(({ verdict }) => verdict.kind === kind);

const tellFailed = ({ question, verdict, allowed }: AskedAudit) =>
  `${severityOf(verdict) ?? 'failed'}: ${allowed === undefined ? visible(question) : `allowed: ${visible(allowed)}`}`;

const reasonOf = ({ verdict }: AskedAudit) => ('because' in verdict ? visible(verdict.because) : '');

function drawCategory({ title, verdicts }: Category, page: Page): string[] {
  const { width, ink } = page;
  const pairs = (kind: Verdict['kind'], tell: (asked: AskedAudit) => string) =>
    drawPairs(
      page,
      auditsOf(verdicts, kind).map((asked) => [visible(asked.audit, 80), tell(asked)]),
      '    ',
    );
  const named = (label: string, lines: string[], paint: (text: string) => string) =>
    lines.length > 0 ? [`  ${paint(label)}`, ...lines] : [];
  const passed = auditsOf(verdicts, 'pass').map(({ audit }) => visible(audit, 80));
  return [
    ...wrap(`${visible(title, 60)}: ${tellCoverage(coverageOf(verdicts))}`, width),
    ...named('FOUND', pairs('fail', tellFailed), ink.bad),
    ...named('UNKNOWN', pairs('unknown', reasonOf), ink.warning),
    ...named('PASSED', passed.length > 0 ? wrap(passed.join(', '), width, '    ') : [], ink.good),
    ...named('DOES NOT APPLY', pairs('inapplicable', reasonOf), ink.dim),
  ];
}

/** What was asked and answered, and how much could be looked at. */
export function verdictsSection({ categories }: Judged, page: Page): string[] {
  const drawn = categories.map((category) => drawCategory(category, page));
  return [
    ...heading(page, 'Verdicts'),
    ...(drawn.length > 0
      ? drawn.flatMap((lines, index) => (index > 0 ? ['', ...lines] : lines))
      : ['Nothing was asked.']),
  ];
}
