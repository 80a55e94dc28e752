import { formatCount } from '#base';
import type { Table, TableColumn } from '../tables.ts';
import { visible } from '../visible.ts';

// A block for a ticket: GitHub, GitLab and mail read it, and so do people in its raw form. Whatever could mean
// something to Markdown, or call somebody, stands in code spans.

/** A code span that no content can close. */
export function codeSpan(text: string): string {
  if (text === '') return '';
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 || /^ | $/.test(text) ? ' ' : '';
  return `${fence}${space}${text}${space}${fence}`;
}

/** Words that mean the same to Markdown as to a reader. */
const PLAIN = /^[\p{L}\p{N}'",.;:%=?()-]+$/u;
const LINK = /^www\.|^[0-9a-f]{7,40}$|:\/\//i;

function proseWord(word: string): string {
  if (word === '' || (PLAIN.test(word) && !LINK.test(word))) return word;
  const [, before = '', core = '', after = ''] = /^([("']*)(.*?)([)"',.;:?]*)$/u.exec(word) ?? ['', '', word, ''];
  return `${before}${codeSpan(core)}${after}`;
}

const QUOTED = /^`([^`]+)`([),.;:]*)$/;

/** A recorded sentence: names and paths become code, quoted commands stay whole. */
export function prose(text: string, most = 1000): string {
  const words = visible(text, most).match(/(?:`[^`]*`|[^ ])+/g) ?? [];
  return words
    .map((word) => {
      const [, command, after = ''] = QUOTED.exec(word) ?? [];
      return command === undefined ? proseWord(word) : codeSpan(command) + after;
    })
    .join(' ');
}

/** A fence longer than any run of backticks inside. */
export function codeBlock(lines: readonly string[], language: 'sh' | 'text' = 'sh'): string {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [fence + language, ...lines, fence].join('\n');
}

/** A pipe ends a cell even inside code, and a backslash before it may not save it. */
const cell = (text: string, kind: TableColumn['kind']) =>
  (kind === 'code' || kind === 'chain' ? codeSpan(text) : prose(text)).replaceAll('|', '\\x7c');

export function drawTable(table: Table): string {
  if (table.rows.length === 0) return '';
  const { columns, rows, total } = table;
  const more = total > rows.length ? ` (${formatCount(rows.length)} of ${formatCount(total)} shown)` : '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `${prose(table.title)}${more}`,
    '',
    line(columns.map(({ title }) => title)),
    line(columns.map(({ kind }) => (kind === 'number' ? '---:' : '---'))),
    ...rows.map((row) => line(columns.map(({ kind }, index) => cell(row[index] ?? '', kind)))),
  ].join('\n');
}

export function part(title: string, blocks: readonly string[]): string[] {
  const filled = blocks.filter((block) => block !== '');
  return filled.length === 0 ? [] : [`### ${title}`, ...filled];
}
