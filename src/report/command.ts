import { breakWord, widthOf, wrap } from './columns.ts';
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

/** A command on lines that can be pasted together: broken only between words, with a backslash. */
export function drawCommand(command: string, width: number, indent: string): string[] {
  if (widthOf(indent + command) <= width) return [indent + command];
  const room = width - indent.length - 4;
  const lines: string[] = [];
  let line = '';
  let whole = true;
  for (const word of shellWords(command)) {
    const pieces = breakWord(word, room);
    whole &&= pieces.length === 1;
    for (const [index, piece] of pieces.entries()) {
      const joined = line === '' ? piece : `${line} ${piece}`;
      if (line === '' || (index === 0 && widthOf(joined) <= room)) line = joined;
      else {
        lines.push(line);
        line = piece;
      }
    }
  }
  lines.push(line);
  if (!whole) return [...lines.map((each) => indent + each), ...wrap('(one line, broken here)', width, indent)];
  return lines.map((each, index) => indent + (index > 0 ? '  ' : '') + each + (index < lines.length - 1 ? ' \\' : ''));
}

const COMMAND =
  /^(?:[A-Z_]+=\S|[~./$]\S*\/\S|(?:cp|export|find|git|ln|ml|module|mv|pharos|pip|python3?|rm|sed|srun|touch|unset)\s)/;

/** An undo is a command or a sentence; only a command may be continued with a backslash. */
export const isCommand = (text: string): boolean => COMMAND.test(text);
