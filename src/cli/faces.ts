import { renderHtml, renderText } from '#report';
import type { Report } from '#schema';
import type { Face } from './face-names.ts';

const RENDER: Record<Face, (report: Report, colour: boolean) => string> = {
  text: (report, colour) => renderText(report, { colour }),
  json: (report) => `${JSON.stringify(report, null, 2)}\n`,
  html: renderHtml,
};

/** The report as a face. Text takes colour only where a terminal shows it. */
export const renderFace = (face: Face, report: Report, colour = false): string => RENDER[face](report, colour);
