import type { Remedy, Report } from '#schema';
import { widthOf, wrap } from '../columns.ts';
import { drawCommand, isCommand, shownCommand } from '../command.ts';
import { FIXER, formatCost, formatCostBasis } from '../costs.ts';
import { rankRemedies } from '../ranking.ts';
import { visible } from '../visible.ts';
import { heading, type Page, tellMore } from './page.ts';

const MOST = 12;
const MOST_STEPS = 12;

function drawUndo(undo: string, width: number, indent: string): string[] {
  const line = `${indent}undo: ${undo}`;
  if (widthOf(line) <= width || !isCommand(undo)) return wrap(undo, width, `${indent}undo: `, `${indent}  `);
  return [`${indent}undo:`, ...drawCommand(undo, width, `${indent}    `)];
}

function drawRemedy(remedy: Remedy, place: number, { width, ink }: Page): string[] {
  const number = `${place}. `;
  const indent = ' '.repeat(number.length);
  const cures = [...new Set(remedy.cures.map(({ audit }) => visible(audit, 80)))].join(', ');
  const saves = `saves ${formatCost(remedy.saves)} (${formatCostBasis(remedy.saves)}); done by ${FIXER[remedy.fixer]}`;
  const field = (name: string, text: string) =>
    text === '' ? [] : wrap(visible(text), width, `${indent}${name}: `, `${indent}  `);
  return [
    ...wrap(visible(remedy.title, 200), width, number, indent).map(ink.strong),
    ...wrap(cures === '' ? saves : `${saves}; cures ${cures}`, width, indent),
    ...field('safe because', remedy.proved),
    ...remedy.steps.slice(0, MOST_STEPS).flatMap((step) => drawCommand(shownCommand(step), width, `${indent}    `)),
    ...drawUndo(shownCommand(remedy.undo), width, indent),
    ...field('check', remedy.check),
  ];
}

/** What to do, the largest saving first. */
export function remediesSection(report: Report, page: Page): string[] {
  const remedies = rankRemedies(report);
  if (remedies.length === 0) return [];
  const shown = remedies.slice(0, MOST);
  const more = remedies.length - shown.length;
  return [
    ...heading(page, 'What to do, by what it saves'),
    ...shown.flatMap((remedy, index) => [...(index > 0 ? [''] : []), ...drawRemedy(remedy, index + 1, page)]),
    ...(more > 0 ? ['', tellMore(page, more)] : []),
  ];
}
