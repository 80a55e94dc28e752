import type { Report } from '#schema';

/** The report in 80 columns, for a terminal or a mail. */
export function renderText(report: Report): string {
  return report.headline.sentences.join('\n');
}
