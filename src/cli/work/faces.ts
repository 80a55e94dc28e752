import { renderHtml, renderJson, renderMarkdown, renderSarif, renderText } from '#report';
import type { Report } from '#schema';
import type { Face } from '../face-names.ts';
import { readPage } from '../pages.ts';

export interface FaceOptions {
  /** Root of the installation, where the pages of audits are. */
  readonly folder: string;
  /** For text only, where a terminal shows it. */
  readonly colour?: boolean;
}

const RENDER: Record<Face, (report: Report, options: FaceOptions) => string> = {
  text: (report, { colour = false }) => renderText(report, { colour }),
  md: renderMarkdown,
  json: renderJson,
  html: renderHtml,
  sarif: (report, { folder }) => renderSarif(report, { page: (audit) => readPage(folder, audit) }),
};

export const renderFace = (face: Face, report: Report, options: FaceOptions): string => RENDER[face](report, options);
