import type { ScaleTable } from '#schema';
import { explainTable } from '../scale-arithmetic.ts';
import {
  chooseShown,
  HOW_TO_READ,
  LOCAL,
  scriptOf,
  tellEnds,
  tellFigures,
  tellImage,
  tellSetting,
  tellStar,
  tellSustained,
  tellTimeouts,
} from '../scale-words.ts';
import { partsTable, paysTable, planTable } from '../tables.ts';
import { visible } from '../visible.ts';
import { codeBlock, drawTable, part, prose } from './marks.ts';

const MOST_UNKNOWNS = 20;

const list = (lines: readonly string[]) => lines.map((line) => `- ${prose(line)}`).join('\n');

function unknowns({ unknowns: all }: ScaleTable): string {
  const line = ({ what, because, hint }: (typeof all)[number]) => `${what}: ${because}${hint ? ` (${hint})` : ''}`;
  return list(all.slice(0, MOST_UNKNOWNS).map(line));
}

/** A block that can be pasted into a ticket or an allocation request. */
export function scaleBlocks(table: ScaleTable): string[] {
  const { profile, by } = table;
  const arithmetic = explainTable(table);
  return [
    `## ${prose(`What starting ${scriptOf(table)} costs as the job grows`, 240)}`,
    prose(tellSetting(table)),
    tellEnds(table)
      .map((sentence) => prose(sentence))
      .join(' '),
    profile.shared ? '' : LOCAL,
    ...chooseShown(table).map((plan) => drawTable(planTable(table, plan))),
    ...part('What pays', [drawTable(paysTable(table)), ...tellStar(table).map((line) => prose(line))]),
    ...part('Where the time goes', [drawTable(partsTable(table))]),
    ...part('Time limits of the launcher', [list(tellTimeouts(table))]),
    ...part('Farms and staging', [list([...tellSustained(table), ...tellImage(table)])]),
    ...part('The arithmetic', arithmetic.length > 0 ? [codeBlock(arithmetic, 'text')] : []),
    ...part('Not known, and why', [unknowns(table)]),
    `${HOW_TO_READ} ${tellFigures(table)} pharos ${prose(visible(by, 40))}`,
  ];
}
