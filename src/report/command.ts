import { breakWord, widthOf, wrap, wrapWords } from './columns.ts';
import { visible } from './visible.ts';

const LONGEST = 4000;

/** A command is shown whole or not at all: one with a hole in it must not be pasted. */
export const shownCommand = (command: string): string =>
  command.length > LONGEST ? '# too long to show here; it is in the JSON report' : visible(command, LONGEST * 16);

interface Scan {
  readonly words: string[];
  quote: string;
  escaped: boolean;
}

function readCharacter(scan: Scan, character: string): void {
  const last = scan.words.length - 1;
  if (character === ' ' && scan.quote === '' && !scan.escaped) {
    scan.words.push('');
    return;
  }
  scan.words[last] += character;
  if (scan.escaped) scan.escaped = false;
  else if (character === '\\' && scan.quote !== "'") scan.escaped = true;
  else if (character === scan.quote) scan.quote = '';
  else if (scan.quote === '' && (character === "'" || character === '"')) scan.quote = character;
}

/** Words as the shell sees them: spaces in quotes do not divide. */
export function shellWords(command: string): string[] {
  const scan: Scan = { words: [''], quote: '', escaped: false };
  for (const character of command) readCharacter(scan, character);
  return scan.words.filter((word) => word !== '');
}

/** A backslash at the end of a line joins what it divides, except in single quotes or after another backslash. */
const isDivisible = (word: string) => !/['\\]/.test(word);

/** The pieces of a word too long for a line: joined by the shell when the later ones begin at the margin. */
function divideWord(word: string, width: number, indent: string): string[] {
  const [first = '', ...rest] = breakWord(word, width - indent.length - 1);
  return [indent + first, ...breakWord(rest.join(''), width - 1)];
}

/** A command on lines that can be pasted together, each but the last ended by a backslash. */
export function drawCommand(command: string, width: number, indent: string): string[] {
  if (widthOf(indent + command) <= width) return [indent + command];
  const words = shellWords(command);
  const fits = (line: string) => widthOf(line) <= width - 2;
  if (words.some((word) => !fits(`${indent}  ${word}`) && !isDivisible(word)))
    return [...wrap(command, width, indent), ...wrap('(one line, broken here)', width, indent)];
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    const joined = line === '' ? indent + word : `${line} ${word}`;
    if (fits(joined)) {
      line = joined;
      continue;
    }
    if (line !== '') lines.push(`${line} \\`);
    const pieces = fits(`${indent}  ${word}`) ? [`${indent}  ${word}`] : divideWord(word, width, `${indent}  `);
    lines.push(...pieces.slice(0, -1).map((piece) => `${piece}\\`));
    line = pieces.at(-1) ?? '';
  }
  return [...lines, line];
}

const COMMAND =
  /^(?:[A-Z_]+=\S|[~./$]\S*\/\S|(?:cp|export|find|git|ln|ml|module|mv|pharos|pip|python3?|rm|sed|srun|touch|unset)\s)/;

/** An undo is a command or a sentence; only a command may be continued with a backslash. */
export const isCommand = (text: string): boolean => COMMAND.test(text);

const QUOTED = /^`([^`]+)`[),.;:]*$/;

/**
 * A sentence with commands in backticks: none is broken between two lines unless it is wider than one, and then it
 * stands alone on lines that can be pasted.
 */
export function wrapSentence(text: string, width: number, first = '', hang = first): string[] {
  const room = width - Math.max(widthOf(first), widthOf(hang));
  const lines: string[] = [];
  let words: string[] = [];
  const flush = () => {
    if (words.length > 0) lines.push(...wrapWords(words, width, lines.length === 0 ? first : hang, hang));
    words = [];
  };
  for (const word of text.match(/(?:`[^`]*`|[^ ])+/g) ?? []) {
    const command = widthOf(word) > room ? QUOTED.exec(word)?.[1] : undefined;
    if (command === undefined) {
      words.push(word);
      continue;
    }
    flush();
    if (lines.length === 0 && first.trim() !== '') lines.push(first.trimEnd());
    lines.push(...drawCommand(command, width, hang));
  }
  flush();
  return lines;
}
