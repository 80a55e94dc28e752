import { type Failure, failure, type Result, success } from '#base';
import { LONGEST_MODULEFILE, type Modulefile, type ModuleStatement, statementsOf } from './modulefile.ts';

// https://modules.readthedocs.io/en/latest/modulefile.html. Tcl's words: https://www.tcl-lang.org/man/tcl8.6/TclCmd/Tcl.htm

interface Word {
  readonly text: string;
  /** Without anything that is replaced when it runs. */
  readonly isLiteral: boolean;
  readonly end: number;
}

interface Command {
  readonly words: readonly Word[];
  readonly end: number;
}

/** Where the brace or bracket that opens at `start`, or later, is closed; -1: nowhere. */
function closing(text: string, start: number, open: string, close: string): number {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === open) depth += 1;
    else if (text[at] === close) {
      depth -= 1;
      if (depth === 0) return at;
    }
  }
  return -1;
}

// Tcl's white space is ASCII's: a word may hold any other.
const BARE = /[^ \t\n\v\f\r;]*/y;
const BLANKS = /(?:[ \t\v\f]|\\\r?\n)*/y;
const BETWEEN = /[ \t\n\v\f\r;]*/y;
const QUOTED = /(?:[^"\\]+|\\[\s\S])*/y;
const isReplaced = (text: string) => /[$[\]\\"{}]/.test(text);

function stickyEnd(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  return pattern.exec(text) ? pattern.lastIndex : start;
}

/** A word ends where a blank, a line's end or a semicolon follows: what else follows a quote or a brace is an error of Tcl's. */
const isEnded = (text: string, end: number) => end >= text.length || /[ \t\n\v\f\r;]/.test(text[end] ?? '');

function enclosed(text: string, start: number, close: number, isLiteral: boolean): Word {
  // Not closed: nothing after it can be told apart either.
  if (close < 0) return { text: '', isLiteral: false, end: text.length };
  const end = close + 1;
  return isEnded(text, end)
    ? { text: text.slice(start + 1, close), isLiteral, end }
    : { text: '', isLiteral: false, end: stickyEnd(BARE, text, end) };
}

function wordAt(text: string, start: number): Word {
  if (text[start] === '{') {
    const close = closing(text, start, '{', '}');
    return enclosed(text, start, close, !text.slice(start, close).includes('\\'));
  }
  if (text[start] === '"') {
    const close = stickyEnd(QUOTED, text, start + 1);
    const inside = text.slice(start + 1, close);
    return enclosed(text, start, close < text.length ? close : -1, !/[$[\]\\]/.test(inside));
  }
  const end = stickyEnd(BARE, text, start);
  const bare = text.slice(start, end);
  return { text: bare, isLiteral: !isReplaced(bare), end };
}

function commandAt(text: string, start: number): Command {
  const words: Word[] = [];
  for (let at = start; ; ) {
    at = stickyEnd(BLANKS, text, at);
    if (at >= text.length || /[\n;\r]/.test(text[at] ?? '')) return { words, end: at + 1 };
    const word = wordAt(text, at);
    // A bracket may hold blanks and lines: the rest of the line behind it is not understood.
    if (!word.isLiteral && text[at] !== '{' && text.slice(at, word.end).includes('[')) {
      const close = closing(text, at, '[', ']');
      const lineEnd = close < 0 ? -1 : text.indexOf('\n', close);
      return { words: [...words, word], end: lineEnd < 0 ? text.length : lineEnd + 1 };
    }
    words.push(word);
    at = word.end;
  }
}

/** Options that change nothing as long as the separator is a colon. */
function withoutSeparator(words: readonly string[]): readonly string[] {
  const [option = '', value, ...rest] = words;
  if ((option === '-d' || option === '--delim') && value === ':') return rest;
  return option === '--delim=:' ? words.slice(1) : words;
}

/** `set` only gives a name that Tcl replaces, and procedures of these names only print. */
function isIdle(words: readonly string[]): boolean {
  const [command, name = '', value = ''] = words;
  if (command === 'proc') return /^Modules(Help|Display)$/.test(name);
  return command === 'set' && words.length === 3 && /^\w+$/.test(name) && !value.includes('[');
}

function understand(line: number, words: readonly string[]): readonly ModuleStatement[] | undefined {
  if (isIdle(words)) return [];
  const [command = '', ...rest] = words;
  if (command !== 'module')
    return statementsOf(line, command === 'prereq' ? 'depends-on' : command, withoutSeparator(rest));
  const [what = '', ...modules] = rest;
  return what === 'load' || what === 'add' ? statementsOf(line, 'load', modules) : undefined;
}

/** A `prereq` of several asks for one of them, which is no statement of ours. */
const isChoice = (words: readonly string[]) => words[0] === 'prereq' && words.length > 2;

function lineCounter(text: string): (at: number) => number {
  let line = 1;
  let counted = 0;
  return (at) => {
    for (; counted < at; counted += 1) if (text[counted] === '\n') line += 1;
    return line;
  };
}

/** What a modulefile in Tcl does, read and never run. */
export function readTclModulefile(text: string): Result<Modulefile> {
  const wrong = (message: string) => failure<Failure>({ code: 'formats/modulefile', message });
  if (text.length > LONGEST_MODULEFILE) return wrong('the modulefile is too long');
  if (!text.startsWith('#%Module')) return wrong('it does not begin with #%Module');
  const statements: ModuleStatement[] = [];
  const notUnderstood: number[] = [];
  const lineAt = lineCounter(text);
  for (let at = 0; at < text.length; ) {
    at = stickyEnd(BETWEEN, text, at);
    if (text[at] === '#') {
      // A comment goes on behind a backslash, as a command does.
      at = stickyEnd(/(?:[^\\\n]+|\\[\s\S])*/y, text, at);
      continue;
    }
    const line = lineAt(at);
    const { words, end } = commandAt(text, at);
    at = end;
    if (words.length === 0) continue;
    const texts = words.map((word) => word.text);
    const isLiteral = words.every((word) => word.isLiteral) || isIdle(texts);
    const found = isLiteral && !isChoice(texts) ? understand(line, texts) : undefined;
    if (found) statements.push(...found);
    else notUnderstood.push(line);
  }
  return success({ statements, notUnderstood });
}
