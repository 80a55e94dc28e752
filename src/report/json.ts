import type { Report } from '#schema';

// A file of names that move a cursor is shown with `cat` sooner or later; JSON may write any character as an escape.
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

const escapeUnits = (character: string) =>
  [...Array(character.length).keys()]
    .map((index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`)
    .join('');

/** The same value, safe to print: line feeds between its parts are the only controls. */
export function printJson(value: unknown): string {
  const text = JSON.stringify(value, null, 2);
  return `${text.replace(UNSEEN, (character) => (character === '\n' ? character : escapeUnits(character)))}\n`;
}

/** The report as it is saved: docs/reference/report.schema.json tells its form. */
export const renderJson = (report: Report): string => printJson(report);
