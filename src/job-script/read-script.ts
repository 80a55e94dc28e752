// What a job script of POSIX sh or bash would run, as far as its text tells: simple commands with the places of their
// words. Nothing is expanded, nothing is run. https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html

import { endOfBracket, SKIPS, skipQuoted } from './skip-quoted.ts';

export interface ShellWord {
  readonly start: number;
  readonly end: number;
  /** Without quotes and continuations; expansions stay as they are written. */
  readonly text: string;
  /** No expansion is in it: it is what the shell will pass. */
  readonly isLiteral: boolean;
  /** It may become no word or several: an expansion outside of quotes. */
  readonly maySplit: boolean;
}

export interface ShellCommand {
  readonly words: readonly ShellWord[];
  /** Where the outermost statement begins that this command is in: a line may be put before it. */
  readonly statementStart: number;
  /** What ended it: `;`, `&`, `|`, `)` and so on, a newline, or nothing. */
  readonly endedBy: string;
  /** What ended the command before. */
  readonly after: string;
}

export interface ShellScript {
  readonly commands: readonly ShellCommand[];
  /** Text that is not read as commands: bodies of here-documents. */
  readonly documents: readonly { readonly start: number; readonly text: string }[];
  /** The text ends within quotes or a compound command: what was read may be wrong. */
  readonly isBroken: boolean;
}

const OPERATORS = /^(?:;;&|;;|;&|&&|\|\||\|&|&>>|&>|<<<|<<-|<<|>>|<&|>&|<>|>\||[;&|()<>\n])/;
/** Compound commands, by their first word: the word that ends each. */
const ENDS: Readonly<Record<string, string>> = {
  if: 'fi',
  for: 'done',
  while: 'done',
  until: 'done',
  select: 'done',
  case: 'esac',
  '{': '}',
};
const ENDINGS = new Set(Object.values(ENDS));
/** Words that stand before a command. */
const BEFORE = new Set(['if', 'then', 'else', 'elif', 'while', 'until', 'do', '{', '!']);
const JOINS = new Set(['|', '|&', '&&', '||']);

interface Reading {
  readonly text: string;
  at: number;
  words: ShellWord[];
  /** What ends each compound command that the reader is in. */
  readonly open: string[];
  statementStart: number | undefined;
  after: string;
  /** Here-documents whose bodies begin at the next newline. */
  waiting: { delimiter: string; isIndented: boolean }[];
  isBroken: boolean;
  readonly commands: ShellCommand[];
  readonly documents: { start: number; text: string }[];
}

/** Bash: `NAME=(…)` is one word. */
const isArray = (text: string, at: number, value: string) => text[at] === '(' && /^\w+\+?=$/.test(value);

/** Goes into a compound command, or out of one, by the first word of a simple one. */
function nest(reading: Reading, words: readonly ShellWord[]): void {
  const first = words[0]?.text ?? '';
  const end = Object.hasOwn(ENDS, first) ? ENDS[first] : undefined;
  if (end) reading.open.push(end);
  else if (first === 'function' && words.at(-1)?.text === '{') reading.open.push('}');
  else if (ENDINGS.has(first) && reading.open.pop() !== first) reading.isBroken = true;
}

/** One word from where the reader stands. */
function readWord(reading: Reading): ShellWord {
  const { text } = reading;
  const start = reading.at;
  let value = '';
  let isLiteral = true;
  let maySplit = false;
  let at = start;
  while (at < text.length && (!/[\s;&|()<>]/.test(text[at] ?? '') || isArray(text, at, value))) {
    if (text[at] === '(') {
      const end = endOfBracket(text, at);
      reading.isBroken ||= end > text.length;
      isLiteral = false;
      at = Math.min(end, text.length);
      continue;
    }
    if (!SKIPS.test(text[at] ?? '')) {
      maySplit ||= /[*?[]/.test(text[at] ?? '');
      value += text[at];
      at += 1;
      continue;
    }
    const part = skipQuoted(text, at);
    reading.isBroken ||= part.isOpen;
    value += part.value;
    isLiteral &&= part.isLiteral;
    maySplit ||= part.maySplit;
    at = part.end;
  }
  reading.at = at;
  return { start, end: at, text: value, isLiteral, maySplit };
}

/** Ends a simple command: counts compound commands by the words at its beginning. */
function endCommand(reading: Reading, endedBy: string): void {
  const words = [...reading.words];
  reading.words = [];
  const { after } = reading;
  if (words.length > 0) reading.after = endedBy;
  let first = words[0];
  while (first?.isLiteral) {
    nest(reading, words);
    if (!BEFORE.has(first.text)) break;
    words.shift();
    first = words[0];
  }
  if (words.length === 0) return;
  reading.commands.push({ words, statementStart: reading.statementStart ?? words[0]?.start ?? 0, endedBy, after });
}

/** Takes the bodies of the here-documents that were announced on the line that ends here. */
function readDocuments(reading: Reading): void {
  for (const { delimiter, isIndented } of reading.waiting) {
    const start = reading.at;
    let isClosed = false;
    while (reading.at < reading.text.length && !isClosed) {
      const newline = reading.text.indexOf('\n', reading.at);
      const end = newline < 0 ? reading.text.length : newline;
      const line = reading.text.slice(reading.at, end);
      isClosed = (isIndented ? line.replace(/^\t+/, '') : line) === delimiter;
      reading.at = Math.min(reading.text.length, end + 1);
    }
    reading.isBroken ||= !isClosed;
    reading.documents.push({ start, text: reading.text.slice(start, reading.at) });
  }
  reading.waiting = [];
}

function skipBlanks(reading: Reading): void {
  for (;;) {
    const blanks = /^(?:[^\S\n]|\\\n)+/.exec(reading.text.slice(reading.at, reading.at + 4096));
    if (!blanks) return;
    reading.at += blanks[0].length;
  }
}

/** What a redirection names is not a word of the command. */
function readRedirection(reading: Reading, operator: string): void {
  const before = reading.words.at(-1);
  const isNumber = before && before.end === reading.at - operator.length && /^\d+$|^\{\w+\}$/.test(before.text);
  if (isNumber) reading.words.pop();
  skipBlanks(reading);
  if (reading.at >= reading.text.length || OPERATORS.test(reading.text.slice(reading.at, reading.at + 3))) return;
  const target = readWord(reading);
  if (operator === '<<' || operator === '<<-') {
    reading.waiting.push({ delimiter: target.text, isIndented: operator === '<<-' });
  }
}

function readOperator(reading: Reading, operator: string): void {
  reading.at += operator.length;
  if (/[<>]/.test(operator)) {
    readRedirection(reading, operator);
    return;
  }
  endCommand(reading, operator);
  if (operator === '(') reading.open.push(')');
  // A pattern of `case` ends with one that nothing opened.
  if (operator === ')' && reading.open.at(-1) === ')') reading.open.pop();
  if (operator !== '\n') return;
  readDocuments(reading);
  // After `|` or `&&` the statement goes on in the next line.
  if (reading.open.length === 0 && !JOINS.has(reading.after)) reading.statementStart = undefined;
}

/** Reads a whole script. Any text gives something; `isBroken` tells that it is no whole script. */
export function readScript(text: string): ShellScript {
  const reading: Reading = {
    text,
    at: 0,
    words: [],
    open: [],
    statementStart: undefined,
    after: '',
    waiting: [],
    isBroken: false,
    commands: [],
    documents: [],
  };
  for (skipBlanks(reading); reading.at < text.length; skipBlanks(reading)) {
    if (text[reading.at] === '#') {
      const newline = text.indexOf('\n', reading.at);
      reading.at = newline < 0 ? text.length : newline;
      continue;
    }
    const operator = OPERATORS.exec(text.slice(reading.at, reading.at + 3))?.[0];
    if (operator !== '\n') reading.statementStart ??= reading.at;
    if (operator) readOperator(reading, operator);
    else reading.words.push(readWord(reading));
  }
  endCommand(reading, '');
  const { commands, documents } = reading;
  return { commands, documents, isBroken: reading.isBroken || reading.open.length > 0 || reading.waiting.length > 0 };
}
