import type { Report } from '#schema';
import { wrap } from './columns.ts';
import { findingsSection } from './text/findings.ts';
import { headlineSection } from './text/headline.ts';
import {
  callsSection,
  curveSection,
  environmentSection,
  importsSection,
  ranksSection,
  removedSection,
  unknownsSection,
} from './text/measurements.ts';
import { colouredInk, type Page, plainInk } from './text/page.ts';
import { remediesSection } from './text/remedies.ts';
import { verdictsSection } from './text/verdicts.ts';
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

/** The report in 80 columns, for a terminal or a mail. */
export function renderText(report: Report, { width = 80, colour = false }: TextOptions = {}): string {
  const page: Page = { width: Math.max(40, Math.floor(width)), ink: colour ? colouredInk : plainInk, most: 8 };
  const lines = SECTIONS.flatMap((section) => section(report, page));
  const end = ['', ...wrap(BASES, page.width), ...wrap(`pharos ${visible(report.tool.version, 40)}`, page.width)];
  return `${[...lines, ...end].map((line) => line.trimEnd()).join('\n')}\n`;
}
