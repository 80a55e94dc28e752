import type { ScaleTable } from '#schema';
import { wrap } from '../columns.ts';
import { explainTable } from '../scale-arithmetic.ts';
import {
  chooseShown,
  HOW_TO_READ,
  LOCAL,
  scriptOf,
  tellFigures,
  tellImage,
  tellSetting,
  tellStar,
  tellSustained,
  tellTimeouts,
} from '../scale-words.ts';
import { partsTable, paysTable, planTable } from '../tables.ts';
import { visible } from '../visible.ts';
import { drawTable, heading, type Page } from './page.ts';
import { plotLines } from './scale-plot.ts';

/** The table in fixed columns, with the curve in characters. */
export function scaleLines(table: ScaleTable, page: Page): string[] {
  return [
    ...wrap(`What starting ${scriptOf(table)} costs as the job grows`, page.width).map(page.ink.strong),
    ...wrap(tellSetting(table), page.width),
    ...(table.profile.shared ? [] : wrap(LOCAL, page.width)),
    '',
    ...plotLines(table, page.width),
    ...chooseShown(table).flatMap((plan) => ['', ...drawTable(page, planTable(table, plan))]),
    ...(table.pays.length > 0
      ? ['', ...drawTable(page, paysTable(table)), ...tellStar(table).flatMap((line) => wrap(line, page.width, '    '))]
      : []),
    ...(table.points.length > 1 ? ['', ...drawTable(page, partsTable(table))] : []),
    ...arithmetic(table, page),
    ...notes(table, page),
    ...unknowns(table, page),
    '',
    ...wrap(`${HOW_TO_READ} ${tellFigures(table)}`, page.width),
    ...wrap(`pharos ${visible(table.by, 40)}`, page.width),
  ];
}

function arithmetic(table: ScaleTable, page: Page): string[] {
  const lines = explainTable(table).flatMap((line) => wrap(line, page.width, '  ', '     '));
  return lines.length > 0 ? [...heading(page, 'The arithmetic'), ...lines] : [];
}

function notes(table: ScaleTable, page: Page): string[] {
  const told = [...tellTimeouts(table), ...tellSustained(table), ...tellImage(table)];
  return told.flatMap((sentence) => ['', ...wrap(sentence, page.width, '  ')]);
}

function unknowns({ unknowns: all }: ScaleTable, page: Page): string[] {
  if (all.length === 0) return [];
  return [
    ...heading(page, 'Not known, and why'),
    ...all.flatMap(({ what, because, hint }) => [
      ...wrap(`${visible(what, 120)}: ${visible(because)}`, page.width, '  ', '    '),
      ...(hint ? wrap(visible(hint), page.width, '    ') : []),
    ]),
  ];
}
